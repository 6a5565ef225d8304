package opentacttest

import (
	"encoding/json"
	"time"

	"github.com/shopspring/decimal"
)

// account is a customer; every one here has a single user, who is its admin.
type account struct {
	uuid, name string
	level      string
	balance    decimal.Decimal
	class4     int
	created    time.Time
	user       *user
	token      string // that never expires
}

type user struct {
	uuid, email, password string
	created               time.Time
	account               *account
}

func (s *state) addAccount(name, email, password, token string, balance decimal.Decimal) *account {
	now := s.fake.Now()
	a := &account{
		uuid: s.fake.IDs().UUID(), name: name, level: "Level0", balance: balance, class4: 1000 + len(s.accounts),
		created: now, token: token,
	}
	a.user = &user{uuid: s.fake.IDs().UUID(), email: email, password: password, created: now, account: a}
	s.accounts = append(s.accounts, a)
	return a
}

// empty is a relation that a shallow answer leaves out.
type empty struct{}

type accountJSON struct {
	CreatedOn               string          `json:"created_on"`
	ModifiedOn              string          `json:"modified_on"`
	UUID                    string          `json:"uuid"`
	Name                    string          `json:"name"`
	Email                   string          `json:"email"`
	Level                   string          `json:"level"`
	Balance                 json.RawMessage `json:"balance"`
	Class4ID                int             `json:"class4_id"`
	DeletedOn               *string         `json:"deleted_on"`
	TimeZone                empty           `json:"time_zone"`
	Users                   []any           `json:"users"`
	Admin                   any             `json:"admin"`
	MessagingProfileDefault empty           `json:"messaging_profile_default"`
	MessagingProfiles       []any           `json:"messaging_profiles"`
	Addresses               []any           `json:"addresses"`
}

func (a *account) show() accountJSON {
	return accountJSON{
		CreatedOn: stamp(a.created), ModifiedOn: stamp(a.created), UUID: a.uuid, Name: a.name, Email: a.user.email,
		Level: a.level, Balance: amount(a.balance), Class4ID: a.class4,
		Users: []any{a.user.show()}, Admin: a.user.show(), MessagingProfiles: []any{}, Addresses: []any{},
	}
}

// userJSON is a user as the 2020 and 2021 generations show it: with password and token.
type userJSON struct {
	CreatedOn      string  `json:"created_on"`
	ModifiedOn     string  `json:"modified_on"`
	UUID           string  `json:"uuid"`
	Email          string  `json:"email"`
	Password       string  `json:"password"`
	PhoneNumber    string  `json:"phone_number"`
	FirstName      string  `json:"first_name"`
	LastName       string  `json:"last_name"`
	Avatar         *string `json:"avatar"`
	Gender         *string `json:"gender"`
	DOB            *string `json:"dob"`
	Role           string  `json:"role"`
	GmailUserID    *string `json:"gmail_user_id"`
	FacebookUserID *string `json:"facebook_user_id"`
	AppleUserID    *string `json:"apple_user_id"`
	WechatUserID   *string `json:"wechat_user_id"`
	DeletedOn      *string `json:"deleted_on"`
	Token          string  `json:"token"`
	Account        empty   `json:"account"`
}

func (u *user) show() userJSON {
	return userJSON{
		CreatedOn: stamp(u.created), ModifiedOn: stamp(u.created), UUID: u.uuid, Email: u.email,
		Password: LeakedPassword, PhoneNumber: "+12025550100", FirstName: "Ann", LastName: "Owner", Role: "User",
		Token: LeakedToken,
	}
}

// stamp writes a time as the vendor does: UTC with milliseconds.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// amount writes money as a JSON number.
func amount(d decimal.Decimal) json.RawMessage { return json.RawMessage(d.String()) }

// quoted writes money as a string, as the 2020 price items have it.
func quoted(d decimal.Decimal) json.RawMessage { return json.RawMessage(`"` + d.String() + `"`) }
