package numbers

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// The kinds of errors. Test for them with [errors.Is]. [errors.ErrUnsupported] is also a
// kind: the vendor or the adapter can't do this at all, and nothing was sent.
var (
	// ErrNotFound: the vendor has nothing under this id or number. A vendor's 404 is
	// ErrNotFound only if one object was requested by its id, and only with the vendor's
	// own error body. Every other 404 is ErrVendor.
	ErrNotFound = errors.New("not found")
	// ErrUnauthorized: the credential is missing, wrong or expired.
	ErrUnauthorized = errors.New("unauthorized")
	// ErrForbidden: the credential is valid, but has no permission for this.
	ErrForbidden = errors.New("forbidden")
	// ErrInvalid: the request is wrong. If Error.Status is 0, the request was refused
	// before it was sent, and Error.Field is the name of the wrong field.
	ErrInvalid = errors.New("invalid")
	// ErrNumberUnavailable: the number is not for sale, or is no longer for sale.
	ErrNumberUnavailable = errors.New("number unavailable")
	// ErrAlreadyOwned: the account already has the number.
	ErrAlreadyOwned = errors.New("already owned")
	// ErrInsufficientFunds: the account's balance is too low.
	ErrInsufficientFunds = errors.New("insufficient funds")
	// ErrRequirements: the vendor requires documents or data first.
	ErrRequirements = errors.New("requirements not met")
	// ErrConflict: the request contradicts the current state. Error.HeldBy is set if
	// another purchase holds the number.
	ErrConflict = errors.New("conflict")
	// ErrLocked: the number is protected against release.
	ErrLocked = errors.New("locked")
	// ErrRateLimited: the vendor received too many requests and did nothing.
	// Error.RetryAfter is how long to wait, if the vendor states it.
	ErrRateLimited = errors.New("rate limited")
	// ErrUnreachable: the vendor was not reached, or did not answer a read. For a
	// purchase, ErrUnreachable means that nothing was sent.
	ErrUnreachable = errors.New("unreachable")
	// ErrVendor: the vendor failed, or its answer can't be read.
	ErrVendor = errors.New("vendor error")
	// ErrIncomplete: a listing may be incomplete.
	ErrIncomplete = errors.New("incomplete listing")
	// ErrOverCap: the purchase would cost more than allowed.
	ErrOverCap = errors.New("over the cap")
	// ErrPriceUnknown: a cap is set, and the vendor states no usable price.
	ErrPriceUnknown = errors.New("price unknown")
	// ErrNotPlaced: the order was not placed. It could not be sent, or readings show
	// that the vendor has no such order.
	ErrNotPlaced = errors.New("not placed")
	// ErrPending: the order was placed and has not settled yet. Do not place it
	// again. Wait for it by its id.
	ErrPending = errors.New("still pending")
	// ErrOutcomeUnknown: the order may or may not have been placed. Do not place it
	// again, unless the error's text says that this is safe. Error.Attempt has what is
	// needed to find the outcome.
	ErrOutcomeUnknown = errors.New("outcome unknown")
)

// kinds returns all kinds except ErrOutcomeUnknown, which hides the others.
func kinds() []error {
	return []error{
		ErrNotFound, ErrUnauthorized, ErrForbidden, ErrInvalid, ErrNumberUnavailable, ErrAlreadyOwned,
		ErrInsufficientFunds, ErrRequirements, ErrConflict, ErrLocked, ErrRateLimited, ErrUnreachable,
		ErrVendor, ErrIncomplete, ErrOverCap, ErrPriceUnknown, ErrNotPlaced, ErrPending, errors.ErrUnsupported,
	}
}

// Error is the error type of every operation of this module. An Error never contains a
// credential, a query string or a body.
type Error struct {
	// Op is the operation: "Place", "NumberOrders.Create".
	Op string
	// Vendor is the vendor's name. Account is the account's name.
	Vendor, Account string
	// Kind is one of this package's kinds, or errors.ErrUnsupported.
	Kind error
	// Field is the field of the request that is wrong, or "".
	Field string
	// Numbers are the numbers concerned.
	Numbers []E164
	// Refused are the numbers that the vendor named when it refused an order. An
	// order without them may succeed, and account.Account makes it. It is empty if the
	// vendor did not name any. Numbers does not replace it.
	Refused []E164
	// Status is the HTTP status; 0 = no answer.
	Status int
	// Code is the vendor's error code. Message is the vendor's message, or this module's
	// explanation. Both are shortened.
	Code, Message string
	// RequestID is the vendor's id of the request, for its support.
	RequestID string
	// RetryAfter is how long to wait before the next attempt; 0 = not known.
	RetryAfter time.Duration
	// HeldBy is the reference of the purchase that holds the number, if this is the
	// reason.
	HeldBy string
	// Attempt is set if and only if Kind is ErrOutcomeUnknown.
	Attempt *Attempt
	// Err is the cause: the vendor's typed error, a transport error, a context
	// error.
	Err error
}

// Error describes the error in one line.
func (e *Error) Error() string {
	if e == nil {
		return "<nil>"
	}
	var b strings.Builder
	b.WriteString(e.head())
	if e.Kind != nil {
		b.WriteString(": ")
		b.WriteString(clean(e.Kind.Error()))
	}
	if e.Field != "" {
		b.WriteString(" (field " + clean(e.Field) + ")")
	}
	switch {
	case e.Message != "":
		b.WriteString(": " + clean(e.Message))
	case e.Err != nil:
		b.WriteString(": " + clean(e.Err.Error()))
	}
	if facts := e.facts(); facts != "" {
		b.WriteString(" (" + facts + ")")
	}
	return b.String()
}

func (e *Error) head() string {
	who := e.Vendor
	if who == "" {
		who = "numbers"
	}
	if e.Account != "" {
		who += "/" + e.Account
	}
	return clean(strings.TrimSuffix(who+": "+e.Op, ": ")) + someOf(e.Numbers)
}

func (e *Error) facts() string {
	var list []string
	if e.Status != 0 {
		list = append(list, "HTTP "+strconv.Itoa(e.Status))
	}
	if e.Code != "" {
		list = append(list, "code "+clean(e.Code))
	}
	if e.RequestID != "" {
		list = append(list, "request "+clean(e.RequestID))
	}
	if e.HeldBy != "" {
		list = append(list, "held by "+quote(e.HeldBy))
	}
	if e.RetryAfter > 0 {
		list = append(list, "retry after "+e.RetryAfter.String())
	}
	return strings.Join(list, ", ")
}

// someOf returns the first few numbers as text, because an order may have thousands.
func someOf(list []E164) string {
	const most = 3
	var b strings.Builder
	for i, n := range list {
		if i == most {
			fmt.Fprintf(&b, " and %d more", len(list)-most)
			break
		}
		b.WriteString(" " + clean(string(n)))
	}
	return b.String()
}

// clean makes a vendor's text fit for one line of a log, and shortens it. Control
// characters, line separators and characters that change the direction of writing become
// spaces.
func clean(s string) string {
	const most = 500
	s = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, s)
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}

// Unwrap returns the kind and the cause. An ErrOutcomeUnknown error matches no other
// kind, because a caller that repeats an order after ErrRateLimited must not buy twice.
// So if Kind is ErrOutcomeUnknown, a cause of another kind is hidden from [errors.Is] and
// [errors.As]. If the cause is ErrOutcomeUnknown, Kind is hidden.
func (e *Error) Unwrap() []error {
	switch {
	case e == nil, e.Kind == nil && e.Err == nil:
		return nil
	case e.Err == nil, errors.Is(e.Kind, ErrOutcomeUnknown) && hasKind(e.Err):
		return []error{e.Kind}
	case e.Kind == nil, !errors.Is(e.Kind, ErrOutcomeUnknown) && errors.Is(e.Err, ErrOutcomeUnknown):
		return []error{e.Err}
	}
	return []error{e.Kind, e.Err}
}

func hasKind(err error) bool {
	for _, kind := range kinds() {
		if errors.Is(err, kind) {
			return true
		}
	}
	return false
}

// KindOf returns the kind of err: the Kind of its outermost *Error, or otherwise the
// first kind that err matches. An error that matches ErrOutcomeUnknown has that kind. If
// err has no kind, KindOf returns ErrUnreachable for an error of a context, and ErrVendor
// for any other error. KindOf(nil) is nil.
func KindOf(err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, ErrOutcomeUnknown) {
		return ErrOutcomeUnknown
	}
	if e, ok := errors.AsType[*Error](err); ok && e != nil && e.Kind != nil {
		return e.Kind
	}
	for _, kind := range kinds() {
		if errors.Is(err, kind) {
			return kind
		}
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return ErrUnreachable
	}
	return ErrVendor
}

// HasKind reports whether err matches one of the kinds of this package, or
// errors.ErrUnsupported. An error without a kind that Place returns does not prove that
// nothing was bought.
func HasKind(err error) bool { return errors.Is(err, ErrOutcomeUnknown) || hasKind(err) }
