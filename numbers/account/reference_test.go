package account_test

import (
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

// A reference that a journal can't keep, or that looks like that of an order, is refused
// before anything is sent or recorded.
func TestAReferenceThatCannotBeIsRefused(t *testing.T) {
	m := shop(3, numbers.Capabilities{})
	j := new(account.MemoryJournal)
	a := openWith(t, m, j)
	for _, reference := range []string{
		"job~1", "job~42", "~1", "job~r1", "job~r1~2", "~r7", "job~0", "a~b~3", "job\xff", "a\x00b", strings.Repeat("x", 201), strings.Repeat("ü", 101),
	} {
		requireRefused(t, second(a.Buy(t.Context(), numbers.OrderRequest{Numbers: several(1), Reference: reference}, nil)), numbers.ErrInvalid, "Reference")
		requireRefused(t, second(a.Plan(t.Context(), numbers.OrderRequest{Numbers: several(1), Reference: reference}, nil)), numbers.ErrInvalid, "Reference")
		requireRefused(t, second(a.BuyAny(t.Context(), numbers.SearchQuery{}, 1, &account.BuyAnyOptions{Reference: reference})), numbers.ErrInvalid, "Reference")
	}
	assert.Empty(t, m.Calls())
	assert.Empty(t, entriesOf(t, j))
}

func TestOtherReferencesAreACallers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		references := []string{"job-1", "job~", "job~r", "~", "job~x1", "job~1x", "job~r1x", "job~1 ", "job~-1", "r1", strings.Repeat("x", 200), "号 🙂"}
		m := numberstest.NewMemory(numberstest.MemoryOptions{})
		a := open(t, m)
		for i, reference := range references {
			p, err := a.Buy(t.Context(), numbers.OrderRequest{Numbers: several(20)[i : i+1], Reference: reference}, nil)
			require.NoError(t, err, reference)
			assert.Equal(t, reference, p.Reference)
			assert.Equal(t, reference, p.Orders[0].Reference)
		}
	})
}

// Each order of a purchase has a reference of its own: k where it is the only one, k~1, k~2
// of several, and those of the rounds of BuyAny.
func TestEachOrderHasAReferenceOfItsOwn(t *testing.T) {
	for most, want := range map[int][2][]string{
		0: {{"k"}, {"any~r1"}},
		3: {{"k"}, {"any~r1"}},
		2: {{"k~1", "k~2"}, {"any~r1~1", "any~r1~2"}},
		1: {{"k~1", "k~2", "k~3"}, {"any~r1~1", "any~r1~2", "any~r1~3"}},
	} {
		synctest.Test(t, func(t *testing.T) {
			m := shop(6, byReference(most))
			j := new(account.MemoryJournal)
			a := openWith(t, m, j)
			bought, err := a.Buy(t.Context(), numbers.OrderRequest{Numbers: several(3), Reference: "k"}, nil)
			require.NoError(t, err)
			chosen, err := a.BuyAny(t.Context(), numbers.SearchQuery{}, 3, &account.BuyAnyOptions{Reference: "any"})
			require.NoError(t, err)
			for i, p := range []*account.Purchase{bought, chosen} {
				var references []string
				for _, o := range p.Orders {
					references = append(references, o.Reference)
				}
				assert.ElementsMatch(t, want[i], references)
			}
			for _, e := range entriesOf(t, j) {
				assert.Contains(t, []string{"k", "any"}, e.Purchase, "the entry has the caller's")
			}
		})
	}
}

// The second round of a BuyAny goes on counting.
func TestTheRoundsOfABuyAnyAreCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := shop(6, byReference(0))
		m.Inject(numberstest.Fault{Kind: numberstest.PartialOrder})
		p, err := open(t, m).BuyAny(t.Context(), numbers.SearchQuery{}, 2, &account.BuyAnyOptions{Reference: "any"})
		require.NoError(t, err)
		require.Len(t, p.Orders, 2)
		assert.Equal(t, "any~r1", p.Orders[0].Reference)
		assert.Equal(t, "any~r2", p.Orders[1].Reference)
	})
}
