package exclusive_test

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/exclusive"
	"github.com/tnkit/tnkit/exclusive/exclusivetest"
	"github.com/tnkit/tnkit/internal/vendortest"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/numberstest"
	"github.com/tnkit/tnkit/numbers/wire"
)

// tenant is a PBX with n numbers, whose ids are "1" to n.
func tenant(t *testing.T, n int, options exclusivetest.Options) *exclusivetest.Server {
	t.Helper()
	pbx := exclusivetest.NewServer(t, options)
	for i := range n {
		pbx.AddRow(exclusivetest.Row{ID: strconv.Itoa(i + 1), Number: fmt.Sprintf("+4930%07d", i+1), CreatedAt: time.Unix(int64(i), 0)})
	}
	return pbx
}

func walked(t *testing.T, pbx *exclusivetest.Server, opts ...numbers.PageOption) ([]string, error) {
	t.Helper()
	all, err := vendortest.Collect(pbx.Client().Numbers.All(ctx, nil, opts...))
	var got []string
	for _, n := range all {
		got = append(got, n.ID)
	}
	return got, err
}

func TestTheFakeServesTheSeedLetterForLetter(t *testing.T) {
	pbx := exclusivetest.NewServer(t, exclusivetest.Options{ServerOptions: numberstest.ServerOptions{Seed: true}})
	c := pbx.Client()
	page, err := c.Numbers.List(ctx, nil)
	require.NoError(t, err)
	assert.Equal(t, vendortest.Tree(t, vendortest.Fixture(t, "numbers.list.response.json")), vendortest.Tree(t, vendortest.Encode(t, page)))
	n, err := c.Numbers.Get(ctx, id)
	require.NoError(t, err)
	assert.Equal(t, vendortest.Tree(t, vendortest.Fixture(t, "numbers.get.response.json")), vendortest.Tree(t, vendortest.Encode(t, n)))

	got, err := walked(t, pbx)
	require.ErrorIs(t, err, numbers.ErrIncomplete, "it counts 100 and lists 1")
	assert.Equal(t, []string{id}, got)
}

func TestWalksAtTheFake(t *testing.T) {
	minus := func(n int) func(int, int) int { return func(all, _ int) int { return all - n } }
	for name, c := range map[string]struct {
		options  exclusivetest.Options
		fault    numberstest.FaultKind
		n        int
		want     []string // nil = all
		complete bool
	}{
		"as it should be":         {n: 250, complete: true},
		"ignores parameters":      {options: exclusivetest.Options{Params: exclusivetest.ParamsIgnored}, n: 250, complete: true},
		"refuses parameters":      {options: exclusivetest.Options{Params: exclusivetest.ParamsRefused}, n: 100},
		"null for none":           {options: exclusivetest.Options{NullItems: true}, complete: true},
		"counts too few":          {options: exclusivetest.Options{Count: minus(170)}, n: 250, complete: true},
		"counts none":             {options: exclusivetest.Options{Count: func(int, int) int { return 0 }}, n: 250, complete: true},
		"begins too early":        {options: exclusivetest.Options{ShiftRows: 30}, n: 250, complete: true},
		"inserts meanwhile":       {fault: numberstest.InsertWhileListing, n: 250, complete: true},
		"lists a row twice":       {fault: numberstest.DuplicateListing, n: 250, complete: true},
		"counts too many":         {options: exclusivetest.Options{Count: minus(-1)}, n: 250},
		"ignores skip":            {options: exclusivetest.Options{IgnoreSkip: true}, n: 250, want: ids(1, 100)},
		"begins far too early":    {options: exclusivetest.Options{ShiftRows: 100}, n: 250, want: ids(1, 100)},
		"begins too late":         {options: exclusivetest.Options{ShiftRows: -30}, n: 250, want: append(ids(1, 100), append(ids(131, 230), ids(231, 250)...)...)},
		"shows one row too late":  {options: exclusivetest.Options{ShiftRows: -1}, n: 150, want: append(ids(1, 100), ids(102, 150)...)},
		"counts a million of one": {options: exclusivetest.Options{Count: func(int, int) int { return 1_000_000 }}, n: 1},
	} {
		for _, ahead := range []int{0, 4} {
			t.Run(fmt.Sprintf("%s/%d", name, ahead), func(t *testing.T) {
				c.options.Lenient = true // what is ignored is the point
				pbx := tenant(t, c.n, c.options)
				if c.fault != "" {
					pbx.Inject(numberstest.Fault{Kind: c.fault, Times: -1})
				}
				got, err := walked(t, pbx, numbers.ReadAhead(ahead))
				want := c.want
				if want == nil {
					want = ids(1, c.n)
				}
				if c.complete {
					require.NoError(t, err)
					assert.Subset(t, got, want)
				} else {
					require.ErrorIs(t, err, numbers.ErrIncomplete)
					if ahead == 0 {
						assert.Equal(t, want, got)
					}
				}
				once := map[string]bool{}
				for _, id := range got {
					assert.False(t, once[id], "%s comes twice", id)
					once[id] = true
				}
				assert.Less(t, len(pbx.Requests()), 12)
			})
		}
	}
}

func TestListParametersAtTheFake(t *testing.T) {
	pbx := tenant(t, 30, exclusivetest.Options{})
	c := pbx.Client()
	for _, l := range []struct {
		request exclusive.ListNumbersRequest
		count   int64
		want    []string
	}{
		{exclusive.ListNumbersRequest{Top: 2, Skip: 3}, 30, ids(4, 5)},
		{exclusive.ListNumbersRequest{OrderBy: "number desc", Top: 2}, 30, []string{"30", "29"}},
		{exclusive.ListNumbersRequest{Filter: "number eq '+49300000007' or endswith(number,'12')"}, 2, []string{"7", "12"}},
		{exclusive.ListNumbersRequest{Search: "0000007"}, 1, []string{"7"}},
	} {
		page, err := c.Numbers.List(ctx, &l.request)
		require.NoError(t, err)
		var got []string
		for _, n := range page.Items {
			got = append(got, n.ID)
		}
		assert.Equal(t, l.want, got)
		assert.Equal(t, wire.NewCount(l.count), page.Count)
	}
	all, err := vendortest.Collect(c.Numbers.All(ctx, &exclusive.ListNumbersRequest{Filter: "contains(number,'00001')", Top: 4}))
	require.NoError(t, err)
	assert.Len(t, all, 11)
}

// A body without enabled may enable a number again; Modify's has it.
func TestBothReadingsOfAFieldThatIsNotSent(t *testing.T) {
	for _, replaces := range []bool{false, true} {
		pbx := exclusivetest.NewServer(t, exclusivetest.Options{UpdateReplaces: replaces})
		c := pbx.Client()
		pbx.AddRow(exclusivetest.Row{ID: "1", Number: "a", Disabled: true, Description: "keep"})

		_, err := c.Numbers.Modify(ctx, "1", &exclusive.UpdateNumberRequest{Number: new("b")})
		require.NoError(t, err)
		n := pbx.Rows()[0]
		assert.Equal(t, exclusivetest.Row{ID: "1", Number: "b", Disabled: true, Description: "keep", CreatedAt: n.CreatedAt}, n)

		require.NoError(t, c.Numbers.Update(ctx, "1", &exclusive.UpdateNumberRequest{Number: new("c")}))
		n = pbx.Rows()[0]
		assert.Equal(t, !replaces, n.Disabled)
		assert.Equal(t, replaces, n.Description == "")
	}
}

func TestBlanksAtTheFake(t *testing.T) {
	for _, blanks := range []exclusivetest.Blanks{exclusivetest.BlankNull, exclusivetest.BlankEmpty, exclusivetest.BlankAbsent} {
		pbx := exclusivetest.NewServer(t, exclusivetest.Options{Blanks: blanks})
		pbx.AddRow(exclusivetest.Row{ID: "1", Number: "a"})
		n, err := pbx.Client().Numbers.Get(ctx, "1")
		require.NoError(t, err)
		_, known := n.CreatedAt.Known()
		assert.False(t, known)
		assert.True(t, n.Description == nil || *n.Description == "")
		_, err = pbx.Client().Numbers.Modify(ctx, "1", &exclusive.UpdateNumberRequest{Enabled: new(false)})
		require.NoError(t, err)
	}
}

func TestASecondRegistrationIsAllowedOrRefused(t *testing.T) {
	for _, refuses := range []bool{false, true} {
		pbx, o := fresh(t, exclusivetest.Options{RefuseDuplicates: refuses})
		_, err := o.Place(ctx, order(berlin))
		require.NoError(t, err)
		_, err = o.Place(ctx, order(berlin))
		if refuses {
			require.Error(t, err)
			assert.Equal(t, 1, pbx.Books().Bought(string(berlin)))
			continue
		}
		require.NoError(t, err)
		assert.Equal(t, 2, pbx.Books().Bought(string(berlin)))
	}
}

func TestErrorsInEveryStyle(t *testing.T) {
	for style, code := range map[exclusivetest.ErrorStyle]string{
		exclusivetest.ErrorsList: "UNAUTHORIZED", exclusivetest.ErrorsFlat: "UNAUTHORIZED", exclusivetest.ErrorsEmpty: "",
		exclusivetest.ErrorsText: "", exclusivetest.ErrorsHTML: "", exclusivetest.ErrorsNothing: "",
	} {
		pbx := exclusivetest.NewServer(t)
		pbx.SetErrorStyle(style)
		c, err := exclusive.New(pbx.URL(), exclusive.TokenAuth("not-a-token"), &numbers.ClientOptions{HTTPClient: pbx.HTTPClient()})
		require.NoError(t, err)
		_, err = c.Numbers.Get(ctx, "1")
		require.ErrorIs(t, err, numbers.ErrUnauthorized)
		e, _ := any(err).(*numbers.Error) // it must be this type itself
		require.NotNil(t, e)
		assert.Equal(t, 401, e.Status)
		assert.Equal(t, code, e.Code)
		want := numbers.ErrNotFound
		if code == "" {
			want = numbers.ErrVendor // anything may have answered so
		}
		_, err = pbx.Client().Numbers.Get(ctx, "unknown")
		require.ErrorIs(t, err, want)
		_, err = exclusive.NewOrderer(pbx.Client(), nil).Order(ctx, "unknown")
		require.ErrorIs(t, err, numbers.ErrNotFound, "a listing shows it")

		login, err := exclusive.New(pbx.URL(), exclusive.LoginAuth(exclusivetest.Domain, exclusivetest.Username, "wrong"),
			&numbers.ClientOptions{HTTPClient: pbx.HTTPClient()})
		require.NoError(t, err)
		require.ErrorIs(t, list(login), numbers.ErrUnauthorized, "whatever a 400 says")
	}
}

func TestTheRateLimitIsTyped(t *testing.T) {
	pbx := exclusivetest.NewServer(t)
	pbx.SetRateLimit(exclusivetest.RateLimit{PerMinute: 1, RetryAfter: "40"})
	c := pbx.Client()
	require.NoError(t, list(c))
	err := list(c)
	require.ErrorIs(t, err, numbers.ErrRateLimited)
	e, _ := any(err).(*numbers.Error) // it must be this type itself
	require.NotNil(t, e)
	assert.Equal(t, http.StatusTooManyRequests, e.Status)
	assert.Equal(t, 40*time.Second, e.RetryAfter)
	_, err = exclusive.NewOrderer(c, nil).Place(ctx, order(berlin))
	require.ErrorIs(t, err, numbers.ErrRateLimited, "definitely not done")
	assert.Len(t, pbx.Requests(), 3)
}

func TestLimitsAtTheFake(t *testing.T) {
	pbx := exclusivetest.NewServer(t)
	n, err := pbx.Client().Numbers.CreateAndGet(ctx, &exclusive.CreateNumberRequest{
		Number: strings.Repeat("ä", exclusive.MaxNumber), Description: new(strings.Repeat("ö", exclusive.MaxDescription)),
	})
	require.NoError(t, err, "characters are counted, not bytes")
	assert.Equal(t, strings.Repeat("ö", exclusive.MaxDescription), *n.Description)
}

func TestALateNumberIsReturnedBesideTheError(t *testing.T) {
	pbx := exclusivetest.NewServer(t)
	pbx.Inject(numberstest.Fault{Kind: numberstest.LateListing, Delay: time.Hour})
	n, err := pbx.Client().Numbers.CreateAndGet(ctx, &exclusive.CreateNumberRequest{Number: "x"})
	require.Error(t, err)
	assert.NotErrorIs(t, err, numbers.ErrNotFound)
	require.NotNil(t, n)
	assert.Equal(t, pbx.Rows()[0].ID, n.ID)
}

// Whatever a PBX makes of a list: a walk has all rows, or says that it can't be shown to
// be complete; and it has all rows where one page can be shown to join the next.
func TestWalksAtEveryKindOfPBX(t *testing.T) {
	ofPage := func(_, page int) int { return page }
	lenient := numberstest.ServerOptions{Lenient: true}
	for name, c := range map[string]struct {
		options  exclusivetest.Options
		complete int // up to so many rows
	}{
		"as documented":                  {exclusivetest.Options{}, 250},
		"pages of ten":                   {exclusivetest.Options{MaxPage: 10}, 250},
		"pages of ten, counts of pages":  {exclusivetest.Options{MaxPage: 10, Count: ofPage}, 250},
		"counts of pages":                {exclusivetest.Options{Count: ofPage}, 250},
		"pages of ten, no count":         {exclusivetest.Options{MaxPage: 10, NoCount: true}, 250},
		"no count":                       {exclusivetest.Options{NoCount: true}, 250},
		"skip is ignored":                {exclusivetest.Options{IgnoreSkip: true}, 2},
		"skip is ignored, no count":      {exclusivetest.Options{IgnoreSkip: true, NoCount: true}, 0},
		"parameters are ignored":         {exclusivetest.Options{Params: exclusivetest.ParamsIgnored, ServerOptions: lenient}, 250},
		"parameters are refused":         {exclusivetest.Options{Params: exclusivetest.ParamsRefused, ServerOptions: lenient}, 0},
		"no stable order":                {exclusivetest.Options{Unstable: true}, 100},
		"no stable order, pages of ten":  {exclusivetest.Options{Unstable: true, MaxPage: 10}, 10},
		"no stable order, no count":      {exclusivetest.Options{Unstable: true, NoCount: true}, 1},
		"pages begin early":              {exclusivetest.Options{ShiftRows: 1}, 0},
		"pages begin late":               {exclusivetest.Options{ShiftRows: -1}, 0},
		"it counts more than there are":  {exclusivetest.Options{Count: func(all, _ int) int { return all + 1 }}, -1},
		"it counts fewer than there are": {exclusivetest.Options{Count: func(all, _ int) int { return all / 2 }}, 200},
	} {
		for _, n := range []int{0, 1, 2, 3, 10, 11, 99, 100, 101, 200, 250} {
			pbx := exclusivetest.NewServer(t, c.options)
			for i := range n {
				pbx.AddNumber(numberstest.Owned{Number: fmt.Sprintf("+1312555%04d", i)})
			}
			rows, err := vendortest.Collect(pbx.Client().Numbers.All(ctx, nil))
			switch {
			case err == nil:
				assert.Len(t, rows, n, "%s, %d rows", name, n)
			default:
				require.ErrorIs(t, err, numbers.ErrIncomplete, "%s, %d rows", name, n)
				assert.Greater(t, n, c.complete, "%s, %d rows: %v", name, n, err)
			}
		}
	}
}
