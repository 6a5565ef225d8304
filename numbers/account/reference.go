package account

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/tnkit/tnkit/numbers"
)

// Each order of a purchase k has its own reference: k, or k~1, k~2, … if there are
// several orders. The orders of BuyAny's second round have k~r2, k~r2~2, ….

// checkReference refuses a caller's reference that a journal can't store, or that has the
// form of an order's reference.
func (a *Account) checkReference(op, reference string) error {
	reason := badName(reference)
	if reason == "" && reserved(reference) {
		reason = `it ends with the suffix of an order's reference ("~1", "~r1")`
	}
	if reason == "" {
		return nil
	}
	return a.err(op, numbers.ErrInvalid, "Reference", reason)
}

// reserved reports whether a reference ends with "~" and a number, or "~r" and a
// number.
func reserved(reference string) bool {
	i := strings.LastIndexByte(reference, '~')
	if i < 0 {
		return false
	}
	return isNumber(reference[i+1:]) || isNumber(strings.TrimPrefix(reference[i+1:], "r"))
}

func isNumber(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// orderReference returns the i-th reference under base. The 0th is base itself.
func orderReference(base string, i int) string {
	if i == 0 {
		return base
	}
	return fmt.Sprintf("%s~%d", base, i)
}

// isUnder reports whether a reference is base, or the reference of an order under base.
func isUnder(reference, base string) bool {
	rest, ok := strings.CutPrefix(reference, base)
	return ok && (rest == "" || rest[0] == '~' && isNumber(rest[1:]))
}

// roundReference returns the base reference of the n-th round of a BuyAny, counted from
// 1.
func roundReference(purchase string, n int) string { return fmt.Sprintf("%s~r%d", purchase, n) }

// roundOf returns the round of a BuyAny that an order's reference belongs to; 0 = none.
func roundOf(reference, purchase string) int {
	rest, ok := strings.CutPrefix(reference, purchase+"~r")
	if !ok {
		return 0
	}
	digits, _, _ := strings.Cut(rest, "~")
	n, err := strconv.Atoi(digits)
	if err != nil {
		return 0
	}
	return n
}
