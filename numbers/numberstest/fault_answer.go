package numberstest

import "net/http"

// Answer faults change the vendor's answers, like a vendor that changes its format
// without notice. All active answer faults strike an answer together, in addition to at
// most one transport fault. They strike every answer until Server.Lift ends them, unless
// On or Times limits them. A zero On selects every request, and Times 0 means always.
// Bodies that are not JSON are not changed. If a fault has nothing to change, it does not
// count as struck.
const (
	// Drift: the members that Fault.Path names have the JSON type Fault.Type, or the literal Fault.Value.
	Drift FaultKind = "drift"
	// Counts: all counts, page numbers, totals and offsets have the literal Fault.Value, such as one of [Extremes].
	Counts FaultKind = "counts"
	// Reshape: a list has the shape Fault.Shape. The vendor's envelope does not
	// change.
	Reshape FaultKind = "reshape"
)

// AnswerFaults returns the kinds that change answers. Every fake of a vendor has
// them.
func AnswerFaults() []FaultKind { return []FaultKind{Drift, Counts, Reshape} }

// JSONType is a type of a JSON value, as in numbers.Drift.
type JSONType string

// The types of JSON values.
const (
	JSONString  JSONType = "string"
	JSONNumber  JSONType = "number"
	JSONBoolean JSONType = "boolean"
	JSONObject  JSONType = "object"
	JSONArray   JSONType = "array"
	JSONNull    JSONType = "null"
)

// JSONTypes returns all types.
func JSONTypes() []JSONType {
	return []JSONType{JSONString, JSONNumber, JSONBoolean, JSONObject, JSONArray, JSONNull}
}

// Shape is the form in which a vendor writes a list.
type Shape string

// The shapes of lists. A document of one of the vendors has each of them.
const (
	// ShapeArray is only an array of the rows.
	ShapeArray Shape = "array"
	// ShapeObject is only the first row, instead of the list; null if there is no
	// row.
	ShapeObject Shape = "object"
	// ShapePaged is {"take", "skip", "total", "data"}.
	ShapePaged Shape = "paged"
	// ShapeUncounted has only the rows, without counts, totals and page tokens.
	ShapeUncounted Shape = "uncounted"
	// ShapeNull has null instead of the rows.
	ShapeNull Shape = "null"
)

// Shapes returns all shapes.
func Shapes() []Shape {
	return []Shape{ShapeArray, ShapeObject, ShapePaged, ShapeUncounted, ShapeNull}
}

// Extremes returns JSON numbers that are not valid as counts, for Counts and Drift:
// the smallest and the largest int64, the next numbers outside of int64, negative
// numbers, 0, a huge number, a fraction and an exponent.
func Extremes() []string {
	return []string{
		"-9223372036854775808", "9223372036854775807", "-9223372036854775809", "9223372036854775808", "-1", "0",
		"2147483648", "100000000000000000000000000000", "1.5", "1e308",
	}
}

// ProxyPage returns the fault of a proxy that answers every request with its own web
// page instead of the vendor, until the fault is lifted.
func ProxyPage(status int) Fault {
	text := http.StatusText(status)
	return Fault{
		Kind: HTMLBody, Status: status, BeforeCommit: true, Times: -1, On: Match{PathPrefix: "/"},
		Body: "<html>\r\n<head><title>" + text + "</title></head>\r\n<body>\r\n<center><h1>" + text +
			"</h1></center>\r\n<hr><center>proxy</center>\r\n</body>\r\n</html>\r\n",
	}
}
