package numberstest

import (
	"encoding/json"
	"fmt"
	"slices"
)

// Commits reports whether the vendor executes the request, now or later.
func (f Fault) Commits() bool {
	switch f.Kind {
	case DroppedRequest, HangBefore, StatusBefore, RateLimited:
		return false
	default:
	}
	return !f.BeforeCommit
}

// Validate returns an error for a fault that can't work: an unknown kind, a value out
// of range, or a field that its kind does not use.
func (f Fault) Validate() error {
	if !f.Kind.Semantic() && !f.Kind.Alters() && !slices.Contains(TransportFaults(), f.Kind) {
		return fmt.Errorf("numberstest: no fault kind %q", f.Kind)
	}
	switch {
	case f.Times < -1:
		return fmt.Errorf("numberstest: %s: Times %d is less than -1", f.Kind, f.Times)
	case f.After < 0:
		return fmt.Errorf("numberstest: %s: After %d is negative", f.Kind, f.After)
	case f.Delay < 0:
		return fmt.Errorf("numberstest: %s: Delay %s is negative", f.Kind, f.Delay)
	case f.Status != 0 && (f.Status < 200 || f.Status > 599):
		return fmt.Errorf("numberstest: %s: Status %d is not a final HTTP status", f.Kind, f.Status)
	case f.Body != "" && f.NoBody:
		return fmt.Errorf("numberstest: %s: both Body and NoBody", f.Kind)
	}
	if err := f.validateAlteration(); err != nil {
		return err
	}
	for _, field := range f.fields() {
		if field.set && !field.fits {
			return fmt.Errorf("numberstest: %s: has no %s", f.Kind, field.name)
		}
	}
	return nil
}

// validateAlteration checks the fields that only the answer kinds have.
func (f Fault) validateAlteration() error {
	switch {
	case f.Kind == Drift && (f.Path == "" || f.Path == "."):
		return fmt.Errorf("numberstest: %s: has no Path", f.Kind)
	case f.Kind == Drift && (f.Type == "") == (f.Value == ""):
		return fmt.Errorf("numberstest: %s: has either a Type or a Value", f.Kind)
	case f.Type != "" && !slices.Contains(JSONTypes(), f.Type):
		return fmt.Errorf("numberstest: %s: no JSON type %q", f.Kind, f.Type)
	case f.Kind == Counts && f.Value == "", f.Value != "" && !json.Valid([]byte(f.Value)):
		return fmt.Errorf("numberstest: %s: Value %q is not a JSON literal", f.Kind, f.Value)
	case f.Kind == Reshape && !slices.Contains(Shapes(), f.Shape):
		return fmt.Errorf("numberstest: %s: no shape %q", f.Kind, f.Shape)
	}
	return nil
}

type faultField struct {
	name      string
	set, fits bool
}

// fields returns, for each field that not every kind has, whether it is set, and whether
// the kind uses it.
func (f Fault) fields() []faultField {
	semantic := f.Kind.Semantic()
	is := func(kinds ...FaultKind) bool { return slices.Contains(kinds, f.Kind) }
	failure := is(StatusBefore, StatusAfter, RateLimited)
	replaced := is(GarbageBody, HTMLBody, WrongType)
	http2 := is(HTTP2Reset, HTTP2GoAway)
	return []faultField{
		{"On", f.On != Match{}, !semantic},
		{"Delay", f.Delay != 0, semantic || is(DelayedReply, SlowBody, LateCommit)},
		{"Status", f.Status != 0, semantic || failure || replaced || is(EmptyBody)},
		{"RetryAfter", f.RetryAfter != "", failure},
		{"Body", f.Body != "", failure || replaced},
		{"NoBody", f.NoBody, failure},
		{"BeforeCommit", f.BeforeCommit, replaced || http2 || is(EmptyBody)},
		{"HTTP2Code", f.HTTP2Code != 0, http2},
		{"Numbers", len(f.Numbers) > 0, semantic},
		{"Path", f.Path != "", is(Drift)},
		{"Type", f.Type != "", is(Drift)},
		{"Value", f.Value != "", is(Drift, Counts)},
		{"Shape", f.Shape != "", is(Reshape)},
	}
}
