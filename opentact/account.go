package opentact

import "github.com/tnkit/tnkit/numbers/wire"

// Account is who orders and pays. It holds personal data: don't log it.
type Account struct {
	CreatedOn  wire.Time `json:"created_on,omitzero"`
	ModifiedOn wire.Time `json:"modified_on,omitzero"`
	UUID       *string   `json:"uuid,omitempty"`
	Name       *string   `json:"name,omitempty"`
	Email      *string   `json:"email,omitempty"`
	// Level is ServiceAccount, Level0, Level1 or Level2.
	Level *string `json:"level,omitempty"`
	// Balance has no stated currency.
	Balance                 wire.Amount     `json:"balance,omitzero"`
	Class4ID                *int64          `json:"class4_id,omitempty"`
	DeletedOn               wire.Time       `json:"deleted_on,omitzero"`
	TimeZone                Opaque          `json:"time_zone,omitzero"`
	Users                   []Related[User] `json:"users,omitzero"`
	Admin                   Related[User]   `json:"admin,omitzero"`
	MessagingProfileDefault Opaque          `json:"messaging_profile_default,omitzero"`
	MessagingProfiles       []Opaque        `json:"messaging_profiles,omitzero"`
	Addresses               []Opaque        `json:"addresses,omitzero"`
}

// User is a person with access to an account. OpenTact sends it, password and
// token included, beside every order: don't log it.
type User struct {
	CreatedOn  wire.Time `json:"created_on,omitzero"`
	ModifiedOn wire.Time `json:"modified_on,omitzero"`
	UUID       *string   `json:"uuid,omitempty"`
	Email      *string   `json:"email,omitempty"`
	// Password is what the vendor keeps of it.
	Password    wire.Secret `json:"password,omitzero"`
	PhoneNumber *string     `json:"phone_number,omitempty"`
	FirstName   *string     `json:"first_name,omitempty"`
	LastName    *string     `json:"last_name,omitempty"`
	Avatar      *string     `json:"avatar,omitempty"`
	// Gender is any text; the documentation has "Agender" beside Male, Female
	// and Other.
	Gender *string `json:"gender,omitempty"`
	// DOB is the date of birth.
	DOB wire.Time `json:"dob,omitzero"`
	// Role is Admin, User or Provider.
	Role           *string   `json:"role,omitempty"`
	GmailUserID    *string   `json:"gmail_user_id,omitempty"`
	FacebookUserID *string   `json:"facebook_user_id,omitempty"`
	AppleUserID    *string   `json:"apple_user_id,omitempty"`
	WechatUserID   *string   `json:"wechat_user_id,omitempty"`
	DeletedOn      wire.Time `json:"deleted_on,omitzero"`
	// Token is a credential of the user's.
	Token     wire.Secret      `json:"token,omitzero"`
	WSSOnline *bool            `json:"wss_online,omitempty"`
	Account   Related[Account] `json:"account,omitzero"`
}
