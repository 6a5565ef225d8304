package numbers

// State is where an order, or one number of an order, stands. Adapters derive
// it from the vendor's own word, which stays beside it as VendorState; a word
// never seen before is StatePending, so that nobody takes it for an end.
type State string

const (
	// StatePending: accepted, not settled yet.
	StatePending State = "pending"
	// StateActionRequired: stands still until somebody supplies what the
	// vendor asks for (documents, an address). See Item.Deadline.
	StateActionRequired State = "action-required"
	// StateComplete: every number was bought.
	StateComplete State = "complete"
	// StatePartial: settled; some numbers were bought and some were not.
	StatePartial State = "partial"
	// StateFailed: settled; none was bought.
	StateFailed State = "failed"
	// StateCanceled: settled by cancelling; none was bought.
	StateCanceled State = "canceled"
	// StateOutcomeUnknown: the request may have reached the vendor and nobody
	// knows what became of it. No vendor reports it; it stands for an Attempt
	// that is still to be resolved.
	StateOutcomeUnknown State = "outcome-unknown"
)

// Terminal reports whether no later state can follow: Complete, Partial,
// Failed or Cancelled.
func (s State) Terminal() bool {
	switch s {
	case StateComplete, StatePartial, StateFailed, StateCanceled:
		return true
	}
	return false
}

// NumberState is where a number of the account's inventory stands.
type NumberState string

const (
	// NumberPending: bought, not usable yet.
	NumberPending NumberState = "pending"
	// NumberActive: in use, or ready for it.
	NumberActive NumberState = "active"
	// NumberDisabled: held, but switched off.
	NumberDisabled NumberState = "disabled"
	// NumberReleased: the account has it no longer.
	NumberReleased NumberState = "released"
	// NumberUnknown: the vendor's word is none that is documented.
	NumberUnknown NumberState = "unknown"
)
