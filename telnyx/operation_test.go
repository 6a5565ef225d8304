package telnyx_test

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tnkit/tnkit/internal/vendortest"
	"github.com/tnkit/tnkit/telnyx"
)

// operation is one exported method of a service.
type operation = vendortest.Operation[telnyx.Client]

// vendor are all operations, and what may go wrong with each.
func vendor() vendortest.Vendor[telnyx.Client] {
	return vendortest.Vendor[telnyx.Client]{
		Name: "telnyx", Root: "/v2", Client: clientAt,
		Operations: slices.Concat(
			numberOrderOperations(), subNumberOrderOperations(), numberOrderPhoneNumberOperations(),
			availablePhoneNumberOperations(), numberReservationOperations(), phoneNumberOperations(),
			requirementGroupOperations(), regulatoryRequirementOperations(), commentOperations(),
			numberBlockOrderOperations(), inexplicitNumberOrderOperations(), advancedOrderOperations(),
			addressOperations(), documentOperations(), requirementOperations(), phoneNumberJobOperations(),
		),
		Header: func(tb testing.TB, _ operation, h http.Header) {
			assert.Equal(tb, []string{"Bearer " + key}, h["Authorization"])
		},
		Result: data,
		ByID:   func(path string) bool { return strings.Count(path, "/") > 1 && !slices.Contains(collections(), path) },
		Faults: faults(), MaxBodyBytes: most, Fault: assertFault,
	}
}

// collections are paths with several segments that name no object.
func collections() []string {
	return []string{
		"/phone_numbers/slim", "/phone_numbers/jobs", "/phone_numbers/jobs/update_phone_numbers", "/phone_numbers/jobs/delete_phone_numbers",
		"/phone_numbers/jobs/update_emergency_settings", "/addresses/actions/validate",
	}
}

func TestEveryMethodOfEveryServiceIsInTheTable(t *testing.T) { vendor().HasEveryMethod(t) }

func TestEveryOperationSendsExactlyWhatIsDocumentedAndReadsTheAnswer(t *testing.T) {
	vendor().SendsAndReads(t)
}

func TestFaultsOfEveryOperation(t *testing.T) { vendor().StandsFaults(t) }

func TestNoOperationNeedsWhatDrifts(t *testing.T) {
	vendor().StandsDrift(t, "id", "data", "meta.", "data[].phone_number", "data[].starting_number")
}

func TestABuyIsSentOnceAndTheRestIsRepeated(t *testing.T) { vendor().RepeatsTheHarmless(t) }

// data is the result of most operations: the data of the answer.
func data(tb testing.TB, answers []string) any {
	tb.Helper()
	envelope, _ := page(tb, answers).(map[string]any)
	return envelope["data"]
}

// page is the first answer, with the secrets as they are printed.
func page(tb testing.TB, answers []string) any {
	tb.Helper()
	return vendortest.Tree(tb, pins.ReplaceAllString(answers[0], `${1}"[redacted]"`))
}

var pins = regexp.MustCompile(`("external_pin": *)"[^"]*"`)
