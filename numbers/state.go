package numbers

// State is the state of an order, or of one number of an order. Adapters derive it
// from the vendor's own word (VendorState). An undocumented word is StatePending,
// because it may not be final.
type State string

const (
	// StatePending: accepted, but not settled yet.
	StatePending State = "pending"
	// StateActionRequired: the vendor requires documents or data first, for example an
	// address. See Item.Deadline.
	StateActionRequired State = "action-required"
	// StateComplete: every number was bought.
	StateComplete State = "complete"
	// StatePartial: settled; some numbers were bought and some were not.
	StatePartial State = "partial"
	// StateFailed: settled; no number was bought.
	StateFailed State = "failed"
	// StateCanceled: settled by canceling; no number was bought.
	StateCanceled State = "canceled"
)

// Terminal reports whether the state is Complete, Partial, Failed or Canceled. No
// other state can follow.
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
	// NumberPending: bought, but not usable yet.
	NumberPending NumberState = "pending"
	// NumberActive: in use, or ready to use.
	NumberActive NumberState = "active"
	// NumberDisabled: owned, but switched off.
	NumberDisabled NumberState = "disabled"
	// NumberReleased: the account no longer has the number.
	NumberReleased NumberState = "released"
	// NumberUnknown: an undocumented vendor state.
	NumberUnknown NumberState = "unknown"
)
