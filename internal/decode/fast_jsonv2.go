//go:build go1.27 && goexperiment.jsonv2

package decode

import (
	"encoding/json"
	jsonv2 "encoding/json/v2"
)

// fast reads a text that is as documented. It is as lenient as json.Unmarshal,
// except that it ends at the first member of another type: json.Unmarshal, which
// does not, reads every text twice.
func fast(data []byte, into any) error {
	return jsonv2.Unmarshal(data, into, json.DefaultOptionsV1(), json.ReportErrorsWithLegacySemantics(false))
}
