package numbers

// State is the state of an order, or of one number of an order. Adapters derive it
// from the vendor's own word (VendorState). An undocumented word is StatePending,
// so that it is not taken for an end.
type State string

const (
	// StatePending: accepted, not settled yet.
	StatePending State = "pending"
	// StateActionRequired: waits until somebody supplies what the vendor asks for
	// (documents, an address). See Item.Deadline.
	StateActionRequired State = "action-required"
	// StateComplete: every number was bought.
	StateComplete State = "complete"
	// StatePartial: settled; some numbers were bought and some were not.
	StatePartial State = "partial"
	// StateFailed: settled; none was bought.
	StateFailed State = "failed"
	// StateCanceled: settled by canceling; none was bought.
	StateCanceled State = "canceled"
)

// Terminal reports whether no later state can follow: Complete, Partial,
// Failed or Canceled.
func (s State) Terminal() bool {
	switch s {
	case StateComplete, StatePartial, StateFailed, StateCanceled:
		return true
	default:
	}
	return false
}

// NumberState is the state of a number in the account's inventory.
type NumberState string

const (
	// NumberPending: bought, not usable yet.
	NumberPending NumberState = "pending"
	// NumberActive: in use, or ready for it.
	NumberActive NumberState = "active"
	// NumberDisabled: held, but switched off.
	NumberDisabled NumberState = "disabled"
	// NumberReleased: the account does not have it any more.
	NumberReleased NumberState = "released"
	// NumberUnknown: an undocumented vendor state.
	NumberUnknown NumberState = "unknown"
)
