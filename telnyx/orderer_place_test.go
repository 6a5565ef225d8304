package telnyx_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/internal/vendortest"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/telnyx"
)

// refusing answers an order with errors.
func refusing(t *testing.T, status int, errs string) *telnyx.Orderer {
	t.Helper()
	return telnyx.NewOrderer(serve(t, vendortest.Failing(status, `{"errors":[`+errs+`]}`)).client(t), nil)
}

func TestARefusalOfAnOrderNamesItsNumbers(t *testing.T) {
	const three, short = numbers.E164("+13125550103"), numbers.E164("+1312555")
	requested := []numbers.E164{one, two, three, short}
	gone := func(detail, pointer string) string {
		return fmt.Sprintf(`{"code":"10027","title":"Unprocessable entity","detail":%q,"source":{"pointer":%q}}`, detail, pointer)
	}
	for name, c := range map[string]struct {
		status int
		errs   string
		kind   error
		want   []numbers.E164
	}{
		"text":                    {422, gone("We don't recognize the number [+13125550102].", ""), numbers.ErrNumberUnavailable, []numbers.E164{two}},
		"text without plus":       {422, gone("13125550102 is gone", ""), numbers.ErrNumberUnavailable, []numbers.E164{two}},
		"several in a text":       {422, gone("We don't recognize the numbers [+13125550103, +13125550101]", ""), numbers.ErrNumberUnavailable, []numbers.E164{one, three}},
		"pointer":                 {422, gone("not available", "/phone_numbers/2/phone_number"), numbers.ErrNumberUnavailable, []numbers.E164{three}},
		"pointer without a slash": {422, gone("not available", "phone_numbers/0"), numbers.ErrNumberUnavailable, []numbers.E164{one}},
		"the text goes first":     {422, gone("We don't recognize the number [+13125550101].", "/phone_numbers/2/phone_number"), numbers.ErrNumberUnavailable, []numbers.E164{one}},
		"several errors": {
			422, gone("We don't recognize the number [+13125550101].", "") + "," + gone("", "/phone_numbers/1"), numbers.ErrNumberUnavailable, []numbers.E164{one, two},
		},
		"another kind is another matter": {
			422, gone("", "/phone_numbers/1") + `,{"code":"10015","detail":"bad","source":{"pointer":"/connection_id"}}`, numbers.ErrNumberUnavailable, []numbers.E164{two},
		},
		"requirements":                    {422, `{"code":"10027","detail":"missing","source":{"pointer":"/phone_numbers/2/requirement_group_id"}}`, numbers.ErrRequirements, []numbers.E164{three}},
		"no E.164":                        {422, `{"code":"10016","detail":"must be in +E.164 format","source":{"pointer":"/phone_numbers/1/phone_number"}}`, numbers.ErrInvalid, []numbers.E164{two}},
		"none":                            {422, gone("We don't recognize the number.", "/phone_numbers"), numbers.ErrNumberUnavailable, requested},
		"one error names none":            {422, gone("", "/phone_numbers/1") + "," + gone("gone", "/phone_numbers"), numbers.ErrNumberUnavailable, requested},
		"within a longer run of digits":   {422, gone("number 131255501029, id 913125550102", ""), numbers.ErrNumberUnavailable, requested},
		"a number that was not requested": {422, gone("We don't recognize the number [+13125550199].", ""), numbers.ErrNumberUnavailable, requested},
		"an index that there is not":      {422, gone("", "/phone_numbers/4"), numbers.ErrNumberUnavailable, requested},
		"an index that is not one":        {422, gone("", "/phone_numbers/02"), numbers.ErrNumberUnavailable, requested},
		"of the whole order":              {402, `{"code":"insufficient_funds","detail":"for +13125550101"}`, numbers.ErrInsufficientFunds, requested},
		"the whole order is invalid":      {422, `{"code":"10015","detail":"bad","source":{"pointer":"/connection_id"}}`, numbers.ErrInvalid, requested},
	} {
		t.Run(name, func(t *testing.T) {
			order, err := refusing(t, c.status, c.errs).Place(ctx, numbers.OrderRequest{Numbers: requested, Reference: "ref-1"})
			require.ErrorIs(t, err, c.kind)
			assert.Nil(t, order)
			e, _ := errors.AsType[*numbers.Error](err)
			assert.Equal(t, c.want, e.Numbers)
			assert.Equal(t, "Place", e.Op)
		})
	}
}

// What is unclear is unclear for every number, whatever the text says.
func TestAnUnclearAnswerNamesAllNumbers(t *testing.T) {
	_, err := refusing(t, 500, `{"code":"10027","detail":"We don't recognize the number [+13125550102]."}`).
		Place(ctx, numbers.OrderRequest{Numbers: []numbers.E164{one, two}})
	require.ErrorIs(t, err, numbers.ErrOutcomeUnknown)
	e, _ := errors.AsType[*numbers.Error](err)
	assert.Equal(t, []numbers.E164{one, two}, e.Numbers)
	assert.Equal(t, []numbers.E164{one, two}, e.Attempt.Numbers)
}

func TestTheFakeNamesWhatItRefuses(t *testing.T) {
	srv, o := orderer(t)
	srv.RemoveOffer(two)
	_, err := o.Place(ctx, numbers.OrderRequest{Numbers: []numbers.E164{one, two}})
	require.ErrorIs(t, err, numbers.ErrNumberUnavailable)
	e, _ := errors.AsType[*numbers.Error](err)
	assert.Equal(t, []numbers.E164{two}, e.Numbers)
}

func TestABatchIsSentAgainWithoutWhatIsGone(t *testing.T) {
	srv, o := orderer(t)
	var list []numbers.E164
	for i := range 100 {
		list = append(list, numbers.E164(fmt.Sprintf("+131255570%02d", i)))
	}
	srv.RemoveOffer(string(list[37]))
	purchase, err := accountOf(t, o).Buy(ctx, numbers.OrderRequest{Numbers: list}, nil)
	require.ErrorIs(t, err, numbers.ErrNumberUnavailable)
	assert.Len(t, purchase.Bought(), 99)
	orders := 0
	for _, r := range srv.Requests() {
		if r.Buys {
			orders++
		}
	}
	assert.Equal(t, 2, orders)
	srv.Settle()
	assert.Len(t, srv.Books().Owned(), 99)
}

// mailbox is a transport that reads the body of a request and answers it.
type mailbox struct {
	answer string
	sent   []string // bodies that could be read
}

func (m *mailbox) RoundTrip(r *http.Request) (*http.Response, error) {
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	m.sent = append(m.sent, string(body))
	return &http.Response{StatusCode: http.StatusOK, Request: r, Body: io.NopCloser(strings.NewReader(m.answer))}, nil
}

func TestPlaceBeginsBeforeItSends(t *testing.T) {
	refused := errors.New("somebody else has it")
	for name, c := range map[string]struct {
		sendBy time.Time
		err    error
		sent   int
	}{
		"in time":  {sendBy: time.Now().Add(time.Hour), sent: 1},
		"no limit": {sent: 1},
		"late":     {sendBy: time.Now().Add(-time.Second)},
		"refused":  {err: refused},
	} {
		t.Run(name, func(t *testing.T) {
			vendor := &mailbox{answer: `{"data":` + order(telnyx.OrderPending, number{one, telnyx.OrderPending, "", true}) + `}`}
			begun := 0
			placed, err := telnyx.NewOrderer(without(t, vendor), nil).Place(ctx, numbers.OrderRequest{
				Numbers: []numbers.E164{one},
				Begin: func(context.Context) (time.Time, error) {
					begun++
					assert.Empty(t, vendor.sent)
					return c.sendBy, c.err
				},
			})
			assert.Equal(t, 1, begun)
			assert.Len(t, vendor.sent, c.sent)
			if c.sent > 0 {
				require.NoError(t, err)
				assert.Equal(t, "order-1", placed.ID)
				return
			}
			require.Error(t, err)
			assert.Nil(t, placed)
			assert.NotErrorIs(t, err, numbers.ErrOutcomeUnknown)
			if c.err != nil {
				require.ErrorIs(t, err, refused)
			}
		})
	}
}
