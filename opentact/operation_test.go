package opentact_test

import (
	"net/http"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tnkit/tnkit/internal/vendortest"
	"github.com/tnkit/tnkit/opentact"
)

// operation is one exported method of a service.
type operation = vendortest.Operation[opentact.Client]

// vendor are all operations, and what may go wrong with each.
func vendor() vendortest.Vendor[opentact.Client] {
	return vendortest.Vendor[opentact.Client]{
		Name: "opentact", Root: "/rest", Client: clientAt,
		Operations: slices.Concat(
			orderOperations(), itemOperations(), todayOperations(),
			tnOperations(), leaseOperations(), sipOperations(), tokenOperations(),
		),
		Header: func(tb testing.TB, _ operation, h http.Header) {
			assert.Equal(tb, []string{token}, h["X-Auth-Token"])
			assert.NotContains(tb, h, "Authorization")
		},
		Result: payload,
		ByID:   byID,
		Faults: faults(), MaxBodyBytes: limit, Fault: assertFault,
	}
}

// byID reports whether a path names one object by its id: most collections have
// one or two segments of fixed names.
func byID(path string) bool {
	return !slices.Contains([]string{
		"/order", "/order/search", "/order/tn", "/order/price", "/tn/search", "/tn/search/countries", "/dict/lerg/states", "/dict/lerg/ratecenters",
		"/lease/tn", "/lease/tn/search", "/token", "/token/list", "/token/all",
	}, path)
}

func TestEveryMethodOfEveryServiceIsInTheTable(t *testing.T) { vendor().HasEveryMethod(t) }

func TestEveryOperationSendsExactlyWhatIsDocumentedAndReadsTheAnswer(t *testing.T) {
	vendor().SendsAndReads(t)
}

func TestFaultsOfEveryOperation(t *testing.T) { vendor().StandsFaults(t) }

func TestNoOperationNeedsWhatDrifts(t *testing.T) {
	vendor().StandsDrift(t, "uuid", "payload", "data", "success", "payload.data[].tn", "payload.total", "payload.take", "payload.skip")
}

func TestABuyIsSentOnceAndTheRestIsRepeated(t *testing.T) { vendor().RepeatsTheHarmless(t) }

// payload is the result of most operations: the payload of the answer, with the
// secrets as they are printed.
func payload(tb testing.TB, answers []string) any {
	tb.Helper()
	envelope, _ := vendortest.Tree(tb, answers[0]).(map[string]any)
	return redacted(envelope["payload"])
}

// rows are the rows of a payload that may be a page.
func rows(tb testing.TB, answers []string) any {
	tb.Helper()
	all := payload(tb, answers)
	if page, ok := all.(map[string]any); ok {
		return page["data"]
	}
	return all
}

// redacted is what a tree prints as.
func redacted(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k, e := range v {
			if _, isText := e.(string); isText && (k == "password" || k == "token") {
				v[k] = "[redacted]"
			} else {
				v[k] = redacted(e)
			}
		}
	case []any:
		for i := range v {
			v[i] = redacted(v[i])
		}
	}
	return v
}
