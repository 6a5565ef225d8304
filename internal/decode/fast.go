//go:build !(go1.27 && goexperiment.jsonv2)

package decode

import "encoding/json"

// fast reads a text that is as documented.
func fast(data []byte, into any) error { return json.Unmarshal(data, into) }
