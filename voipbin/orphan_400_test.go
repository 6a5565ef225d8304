package voipbin_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/voipbin"
)

// From the fifth of March 2021 to April 2026 a purchase that went through and
// was not recorded was answered with an empty 400, as was a number that is
// taken.
func TestAnEmpty400MayBeAnOrphan(t *testing.T) {
	none := ok(`{"result":[],"next_page_token":""}`)
	for name, tt := range map[string]struct {
		generation voipbin.Generation
		number     numbers.E164
		want       numbers.Outcome
	}{
		"numbers":       {voipbin.GenerationNumbers, aNumber, numbers.PossiblyOrphaned},
		"virtual":       {voipbin.GenerationNumbers, "+899100000001", numbers.NotPlaced},
		"order numbers": {voipbin.GenerationOrderNumbers, aNumber, numbers.NotPlaced},
	} {
		t.Run(name, func(t *testing.T) {
			_, o := generation{Generation: tt.generation}.fixed(t, none)
			r, err := numbers.Resolve(t.Context(), o, numbers.Attempt{
				Vendor: "voipbin", Numbers: []numbers.E164{tt.number}, Status: http.StatusBadRequest, Ended: time.Now().Add(-time.Hour),
			})
			require.NoError(t, err)
			assert.Equal(t, tt.want, r.Outcome)
		})
	}
}
