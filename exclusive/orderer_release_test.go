package exclusive_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/exclusive"
	"github.com/tnkit/tnkit/exclusive/exclusivetest"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

// registered is a PBX with a number, looked up.
func registered(t *testing.T) (*exclusivetest.Server, *exclusive.Orderer, *numbers.Number) {
	t.Helper()
	pbx, o := fresh(t, exclusivetest.Options{})
	pbx.AddRow(exclusivetest.Row{ID: "other", Number: string(munich)})
	_, err := o.Place(ctx, order(berlin))
	require.NoError(t, err)
	return pbx, o, find(t, o)
}

// ops are the operations of the requests from the nth on.
func ops(pbx *exclusivetest.Server, from int) (list []string) {
	for _, r := range pbx.Requests()[from:] {
		list = append(list, r.Op)
	}
	return list
}

func TestReleaseReadsDestroysAndReadsAgain(t *testing.T) {
	pbx, o, n := registered(t)
	before := len(pbx.Requests())
	require.NoError(t, o.Release(ctx, n))
	assert.Equal(t, []string{"get exclusive number", "destroy exclusive number", "get exclusive number", "list exclusive numbers", "list exclusive numbers"}, ops(pbx, before))
	assert.Empty(t, pbx.Books().Owned())
	assert.Len(t, pbx.Rows(), 1, "the other one stays")

	before = len(pbx.Requests())
	require.NoError(t, o.Release(ctx, n), "it can be repeated")
	assert.Equal(t, []string{"get exclusive number", "list exclusive numbers", "list exclusive numbers"}, ops(pbx, before))
}

func TestReleaseSurvivesALostAnswer(t *testing.T) {
	for _, kind := range []numberstest.FaultKind{numberstest.LostReply, numberstest.StatusAfter, numberstest.HTMLBody, numberstest.DroppedRequest} {
		t.Run(string(kind), func(t *testing.T) {
			pbx, o, n := registered(t)
			pbx.Inject(numberstest.Fault{Kind: kind, On: numberstest.Match{Op: "destroy exclusive number"}})
			require.NoError(t, o.Release(ctx, n))
			assert.Empty(t, pbx.Books().Owned())
			assert.Empty(t, pbx.Unused())
		})
	}
}

func TestReleaseIsNoSuccessWithoutAReadingThatShowsIt(t *testing.T) {
	for _, c := range []struct {
		name  string
		fault numberstest.Fault
		kind  error
		gone  bool
	}{
		{"refused", numberstest.Fault{Kind: numberstest.StatusBefore, Status: 403, On: numberstest.Match{Op: "destroy exclusive number"}}, numbers.ErrForbidden, false},
		{"failed", numberstest.Fault{Kind: numberstest.StatusBefore, Status: 500, On: numberstest.Match{Op: "destroy exclusive number"}}, numbers.ErrVendor, false},
		{"not found, it says", numberstest.Fault{Kind: numberstest.StatusBefore, Status: 404, On: numberstest.Match{Op: "destroy exclusive number"}}, numbers.ErrVendor, false},
		{"a page in place of the answer", numberstest.Fault{Kind: numberstest.HTMLBody, BeforeCommit: true, On: numberstest.Match{Op: "destroy exclusive number"}}, numbers.ErrVendor, false},
		{"an empty answer", numberstest.Fault{Kind: numberstest.EmptyBody, BeforeCommit: true, On: numberstest.Match{Op: "destroy exclusive number"}}, numbers.ErrVendor, false},
		{"the reading afterwards fails", numberstest.Fault{Kind: numberstest.StatusBefore, Status: 500, After: 1, On: numberstest.Match{Op: "get exclusive number"}}, numbers.ErrVendor, true},
		{"the listing afterwards fails", numberstest.Fault{Kind: numberstest.StatusBefore, Status: 500, On: numberstest.Match{Op: "list exclusive numbers"}}, numbers.ErrVendor, true},
		{"the reading before fails", numberstest.Fault{Kind: numberstest.StatusBefore, Status: 500, On: numberstest.Match{Op: "get exclusive number"}}, numbers.ErrVendor, false},
		{"everything says 404", numberstest.Fault{Kind: numberstest.StatusBefore, Status: 404, Times: -1, On: numberstest.Match{PathPrefix: "/"}}, numbers.ErrVendor, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			pbx, o, n := registered(t)
			pbx.Inject(c.fault)
			err := o.Release(ctx, n)
			require.ErrorIs(t, err, c.kind)
			e, ok := any(err).(*numbers.Error) // it must be this type itself
			require.True(t, ok)
			assert.Equal(t, "Release", e.Op)
			assert.Equal(t, []numbers.E164{berlin}, e.Numbers)
			assert.Equal(t, c.gone, len(pbx.Books().Owned()) == 0)
		})
	}
}

func TestReleaseIsNotFooledByAReadingOfTheIDAlone(t *testing.T) {
	pbx, o, n := registered(t)
	pbx.Inject(numberstest.Fault{Kind: numberstest.StatusBefore, Status: 404, On: numberstest.Match{Op: "get exclusive number"}})
	require.NoError(t, o.Release(ctx, n), "the listing has the row, so it is destroyed")
	assert.Empty(t, pbx.Books().Owned())
}

func TestReleaseRefusesAnotherNumberUnderTheID(t *testing.T) {
	pbx, o, n := registered(t)
	require.NoError(t, pbx.Client().Numbers.Update(ctx, n.ID, &exclusive.UpdateNumberRequest{Number: new("+12025550123")}))
	before := len(pbx.Requests())
	require.ErrorIs(t, o.Release(ctx, n), numbers.ErrConflict)
	assert.Equal(t, []string{"get exclusive number"}, ops(pbx, before))
	assert.Len(t, pbx.Rows(), 2)
}

func TestReleaseComparesWhatIsNoE164LetterByLetter(t *testing.T) {
	pbx, o := fresh(t, exclusivetest.Options{})
	pbx.AddRow(exclusivetest.Row{ID: "1", Number: "anonymous"})
	n := &numbers.Number{Vendor: "exclusive", ID: "1", VendorNumber: "Anonymous"}
	require.ErrorIs(t, o.Release(ctx, n), numbers.ErrConflict)
	n.VendorNumber = "anonymous"
	require.NoError(t, o.Release(ctx, n))
	assert.Empty(t, pbx.Rows())
}

func TestReleaseDoesNotPickAmongTwoRows(t *testing.T) {
	pbx, o, n := registered(t)
	require.NoError(t, pbx.Client().Numbers.Delete(ctx, n.ID))
	pbx.AddRow(exclusivetest.Row{ID: "twin", Number: string(berlin)})
	require.ErrorIs(t, o.Release(ctx, n), numbers.ErrConflict)
	assert.Len(t, pbx.Rows(), 2, "nothing was destroyed")

	// The twin itself can be released, and its own twin does not matter then.
	pbx.AddRow(exclusivetest.Row{ID: "triplet", Number: string(berlin)})
	require.NoError(t, o.Release(ctx, &numbers.Number{Vendor: "exclusive", ID: "twin", E164: berlin}))
	assert.Len(t, pbx.Rows(), 2)
}

func TestReleaseRefusesWhatIsNotItsOwn(t *testing.T) {
	pbx, o := fresh(t, exclusivetest.Options{})
	for _, n := range []*numbers.Number{nil, {Vendor: "telnyx", ID: "1"}, {Vendor: "exclusive"}, {Vendor: "exclusive", ID: "1"}} {
		assertInvalid(t, o.Release(ctx, n), "Number")
	}
	assertInvalid(t, o.Release(ctx, &numbers.Number{Vendor: "exclusive", ID: "export", E164: berlin}), "id")
	assert.Empty(t, pbx.Requests())
}

// A number that is listed late is released all the same, once it is seen.
func TestReleaseOfALateNumber(t *testing.T) {
	inBubble(t, exclusivetest.Options{}, func(t *testing.T, pbx *exclusivetest.Server, o *exclusive.Orderer) {
		pbx.Inject(numberstest.Fault{Kind: numberstest.LateListing, Delay: 2 * time.Second})
		_, err := o.Place(ctx, order(berlin))
		require.NoError(t, err)
		assert.Empty(t, owned(t, o, numbers.OwnedQuery{}))
		time.Sleep(3 * time.Second)
		require.NoError(t, o.Release(ctx, find(t, o)))
		assert.Empty(t, pbx.Books().Owned())
	})
}
