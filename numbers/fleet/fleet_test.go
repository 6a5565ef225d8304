package fleet_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
	"github.com/tnkit/tnkit/numbers/fleet"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

// uncomparable is a journal that can't be compared with another.
type uncomparable struct {
	*account.MemoryJournal
	_ []int
}

func TestNew(t *testing.T) {
	j := new(account.MemoryJournal)
	acct := func(name string, j numbers.Journal) *account.Account {
		a, err := account.New(name, &lister{}, &account.Options{Journal: j})
		require.NoError(t, err)
		return a
	}
	odd := uncomparable{MemoryJournal: j}
	for name, tc := range map[string]struct {
		name     string
		accounts []*account.Account
		field    string
		text     string
	}{
		"no name":            {"", []*account.Account{acct("a", j)}, "name", "empty"},
		"a long name":        {strings.Repeat("x", 201), []*account.Account{acct("a", j)}, "name", "201 bytes"},
		"not UTF-8":          {"\xff", []*account.Account{acct("a", j)}, "name", "UTF-8"},
		"a NUL":              {"a\x00b", []*account.Account{acct("a", j)}, "name", "NUL"},
		"no account":         {"f", nil, "accounts", "the list is empty"},
		"nil":                {"f", []*account.Account{acct("a", j), nil}, "accounts[1]", "nil"},
		"one name twice":     {"f", []*account.Account{acct("a", j), acct("a", j)}, "accounts[1]", `"a"`},
		"the fleet's name":   {"f", []*account.Account{acct("a", j), acct("f", j)}, "accounts[1]", "the fleet's name"},
		"no common journal":  {"f", []*account.Account{acct("a", nil)}, "accounts[0]", "a journal of its own"},
		"another journal":    {"f", []*account.Account{acct("a", j), acct("b", new(account.MemoryJournal))}, "accounts[1]", "another journal"},
		"none to compare":    {"f", []*account.Account{acct("a", odd), acct("b", odd)}, "accounts[0]", "another journal"},
		"an account without": {"f", []*account.Account{acct("a", j), acct("b", nil)}, "accounts[1]", "a journal of its own"},
	} {
		t.Run(name, func(t *testing.T) {
			f, err := fleet.New(tc.name, tc.accounts...)
			require.ErrorIs(t, err, numbers.ErrInvalid)
			assert.Nil(t, f)
			var e *numbers.Error
			require.ErrorAs(t, err, &e)
			assert.Equal(t, tc.field, e.Field)
			assert.Contains(t, e.Message, tc.text)
		})
	}
	a, b := acct("a", j), acct("b", j) // at one vendor
	f, err := fleet.New("f", a, b)
	require.NoError(t, err)
	assert.Equal(t, "f", f.Name())
	assert.Equal(t, []*account.Account{a, b}, f.Accounts())
	got, ok := f.Account("b")
	assert.True(t, ok)
	assert.Same(t, b, got)
	_, ok = f.Account("c")
	assert.False(t, ok)
}

// Recover resolves what is open at all accounts.
func TestRecover(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := new(account.MemoryJournal)
		a, b := newShop(nil), newShop(nil)
		f := open(t, j, a, b)
		for i, name := range []string{"a", "b"} {
			_, err := j.Begin(t.Context(), numbers.Attempt{
				ID: name, Vendor: "memory", Account: name, Scope: "fleet", Purchase: name, Reference: name, Numbers: []numbers.E164{number(i)},
			})
			require.NoError(t, err)
		}
		_, err := b.Memory.Place(t.Context(), job(number(1)))
		require.NoError(t, err)
		a.Inject(numberstest.Fault{Kind: numberstest.StatusBefore, Status: 401, Times: -1, On: numberstest.Match{PathPrefix: "/"}})
		found, err := f.Recover(t.Context())
		require.ErrorIs(t, err, numbers.ErrUnauthorized)
		assert.Contains(t, err.Error(), `account "a"`)
		require.Len(t, found, 2)
		assert.Equal(t, numbers.Placed, found[1].Resolution.Outcome)
		assert.Equal(t, "b", fmt.Sprint(found[1].Attempt.Account))
	})
}
