package account_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

// nameless has no vendor's name.
type nameless struct{ *scripted }

func (nameless) Capabilities() numbers.Capabilities { return numbers.Capabilities{} }

func TestNewRefusesWhatCannotBeAnAccount(t *testing.T) {
	m := numberstest.NewMemory(numberstest.MemoryOptions{})
	for name, c := range map[string]struct {
		name  string
		o     numbers.Orderer
		opts  *account.Options
		field string
		says  string
	}{
		"no name":               {"", m, nil, "name", "it is empty"},
		"not UTF-8":             {"main\xff", m, nil, "name", "not valid UTF-8"},
		"a NUL":                 {"ma\x00in", m, nil, "name", "a NUL"},
		"201 bytes":             {strings.Repeat("x", 201), m, nil, "name", "201 bytes, more than 200"},
		"201 bytes of umlauts":  {strings.Repeat("ü", 100) + "x", m, nil, "name", "201 bytes"},
		"no Orderer":            {"main", nil, nil, "Orderer", "it is nil"},
		"a nil Orderer":         {"main", (*numberstest.Memory)(nil), nil, "Orderer", "it is nil"},
		"no vendor":             {"main", nameless{}, nil, "Orderer", "no vendor name"},
		"a nil journal":         {"main", m, &account.Options{Journal: (*account.MemoryJournal)(nil)}, "Journal", "nil pointer"},
		"negative AnswerWithin": {"main", m, &account.Options{AnswerWithin: -time.Second}, "AnswerWithin", "negative"},
	} {
		t.Run(name, func(t *testing.T) {
			a, err := account.New(c.name, c.o, c.opts)
			requireRefused(t, err, numbers.ErrInvalid, c.field)
			assert.ErrorContains(t, err, c.says)
			assert.Nil(t, a)
		})
	}
	assert.Empty(t, m.Calls())
}

func TestNewTakesWhatAJournalCanKeep(t *testing.T) {
	m := numberstest.NewMemory(numberstest.MemoryOptions{})
	for _, name := range []string{"x", strings.Repeat("ü", 100), "with a space", "1", "~1", "a/b"} {
		a, err := account.New(name, m, nil)
		require.NoError(t, err)
		assert.Equal(t, name, a.Name())
		assert.Equal(t, "memory", a.Capabilities().Vendor)
		require.NoError(t, a.Close())
	}
	assert.Empty(t, m.Calls(), "nothing is sent")
}

// Two accounts of one process know nothing of each other, unless they share a journal and
// a name.
func TestAnAccountHasAJournalOfItsOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := numberstest.NewMemory(numberstest.MemoryOptions{SellsTwice: true, SettleAfter: time.Hour, Capabilities: numbers.Capabilities{Can: numbers.CanResolve}})
		for i := range 2 {
			_, err := open(t, m).Buy(t.Context(), numbers.OrderRequest{Numbers: several(1), Reference: fmt.Sprint("job ", i)}, &account.BuyOptions{NoWait: true})
			require.NoError(t, err)
		}
		assert.Equal(t, []string{string(one)}, m.Books().Duplicates(), "as the documentation of New says")
		j := new(account.MemoryJournal)
		for i := range 2 {
			_, err := openWith(t, m, j).Buy(t.Context(), numbers.OrderRequest{Numbers: several(2)[1:], Reference: fmt.Sprint("job ", i)}, &account.BuyOptions{NoWait: true})
			assert.Equal(t, i == 0, err == nil)
		}
		assert.Equal(t, 1, m.Books().Bought(string(several(2)[1])))
	})
}

// The capabilities are those of when the Account was made: an Orderer's are fixed.
func TestCapabilitiesAreAskedForOnce(t *testing.T) {
	s := &scripted{caps: byNumber(3)}
	a := open(t, s)
	s.caps.MaxNumbers = 7
	assert.Equal(t, 3, a.Capabilities().MaxNumbers)
}

// A context that has ended stops every verb before anything is sent.
func TestAContextThatHasEndedSendsNothing(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	m := numberstest.NewMemory(numberstest.MemoryOptions{})
	a := open(t, m)
	calls := verbs(ctx, a)
	calls["Buy"] = func() error { return second(a.Buy(ctx, numbers.OrderRequest{Numbers: several(1)}, nil)) }
	calls["Wait"] = func() error { return second(a.Wait(ctx, "o", nil)) }
	calls["Order"] = func() error { return second(a.Order(ctx, "o")) }
	calls["Lookup"] = func() error { return second(a.Lookup(ctx, "job")) }
	calls["Recover"] = func() error { return second(a.Recover(ctx)) }
	calls["Dismiss"] = func() error { return a.Dismiss(ctx, "id", "reason") }
	for name, call := range calls {
		require.ErrorIs(t, call(), context.Canceled, name)
	}
	assert.Empty(t, m.Calls())
}

func TestANilContextIsRefused(t *testing.T) {
	var none context.Context
	m := numberstest.NewMemory(numberstest.MemoryOptions{})
	a := open(t, m)
	calls := verbs(none, a)
	calls["Buy"] = func() error { return second(a.Buy(none, numbers.OrderRequest{Numbers: several(1)}, nil)) }
	calls["Plan"] = func() error { return second(a.Plan(none, numbers.OrderRequest{Numbers: several(1)}, nil)) }
	calls["Wait"] = func() error { return second(a.Wait(none, "o", nil)) }
	calls["Resolve"] = func() error { return second(a.Resolve(none, lost("", one))) }
	calls["Order"] = func() error { return second(a.Order(none, "o")) }
	calls["Lookup"] = func() error { return second(a.Lookup(none, "job")) }
	calls["Recover"] = func() error { return second(a.Recover(none)) }
	calls["Dismiss"] = func() error { return a.Dismiss(none, "id", "reason") }
	calls["Orders"] = func() error {
		for _, err := range a.Orders(none, numbers.OrderQuery{}) {
			return err
		}
		return nil
	}
	for name, call := range calls {
		t.Run(name, func(t *testing.T) { requireRefused(t, call(), numbers.ErrInvalid, "ctx") })
	}
	assert.Empty(t, m.Calls())
}
