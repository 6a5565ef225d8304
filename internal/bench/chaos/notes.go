package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"

	"github.com/tnkit/tnkit/numbers"
)

// notes are what an application keeps beside the journal, so that it need not
// read every order again at each start: what became of those that it has seen
// settle, or has given up waiting for. It is a file of one JSON object a line.
// A line that a death cut off is no note, and neither is the one that was
// appended to it: those orders are read again.
type notes struct {
	file   *os.File
	orders map[string]note
}

// note is an order as it was read last.
type note struct {
	Order   string                    `json:"order"`
	Numbers map[numbers.E164]standing `json:"numbers"`
	// Pending: the vendor calls it that. Open: it may still change.
	Pending bool `json:"pending,omitempty"`
	Open    bool `json:"open,omitempty"`
}

// openNotes opens the file, or makes a new one.
func openNotes(path string) (notes, error) {
	n := notes{orders: make(map[string]note)}
	data, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return n, err
	}
	for line := range bytes.Lines(data) {
		var seen note
		if json.Unmarshal(line, &seen) == nil {
			n.orders[seen.Order] = seen
		}
	}
	n.file, err = os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	return n, err
}

// add notes an order. One that does not tell all its numbers is not noted; it
// is read again.
func (n notes) add(o *numbers.Order) error {
	if len(o.Items) == 0 || len(o.Items) < o.Count {
		return nil
	}
	seen := note{
		Order: o.ID, Numbers: make(map[numbers.E164]standing, len(o.Items)),
		Pending: o.State == numbers.StatePending, Open: !o.Settled(),
	}
	for _, item := range o.Items {
		switch {
		case item.State == numbers.StateComplete, item.State == numbers.StatePending && o.Final:
			seen.Numbers[item.E164] = bought
		case !item.State.Terminal():
			seen.Numbers[item.E164] = pending
		}
	}
	return n.write(seen)
}

// lose notes that the vendor does not know an order that was placed.
func (n notes) lose(e numbers.JournalEntry) error {
	seen := note{Order: e.End.OrderID, Numbers: make(map[numbers.E164]standing)}
	for _, number := range e.Attempt.Numbers {
		seen.Numbers[number] = gone
	}
	return n.write(seen)
}

func (n notes) write(seen note) error {
	line, err := json.Marshal(seen)
	if err != nil {
		return err
	}
	n.orders[seen.Order] = seen
	_, err = n.file.Write(append(line, '\n'))
	return err
}
