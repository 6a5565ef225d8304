package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"sync"

	"github.com/tnkit/tnkit/numbers"
)

// report is what a customer was told last.
type report struct {
	Customer int `json:"customer"`
	// Bought are the customer's own now.
	Bought []numbers.E164 `json:"bought,omitempty"`
	// Pending are in orders that have not settled.
	Pending []numbers.E164 `json:"pending,omitempty"`
	// Orphaned may have been bought, and are never listed.
	Orphaned []numbers.E164 `json:"orphaned,omitempty"`
	// Failed were refused in an order that was placed.
	Failed []numbers.E164 `json:"failed,omitempty"`
	// Elsewhere are another customer's.
	Elsewhere []numbers.E164 `json:"elsewhere,omitempty"`
	// Open are to be asked for again.
	Open []numbers.E164 `json:"open,omitempty"`
	// Short is how many of any numbers are still wanted.
	Short int `json:"short,omitempty"`
}

// reports are what all customers were told: a file of one JSON object a line, which an
// application would keep beside its journal. A line that a death cut off tells nothing,
// and neither does the one that was appended to it: those customers are served again.
type reports struct {
	file *os.File
	mu   *sync.Mutex
	last map[int]report
}

// openReports opens the file, or makes a new one.
func openReports(path string) (reports, error) {
	r := reports{mu: new(sync.Mutex), last: make(map[int]report)}
	data, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return r, err
	}
	for line := range bytes.Lines(data) {
		var one report
		if json.Unmarshal(line, &one) == nil {
			r.last[one.Customer] = one
		}
	}
	r.file, err = os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	return r, err
}

func (r reports) add(one report) error {
	line, err := json.Marshal(one)
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.last[one.Customer] = one
	_, err = r.file.Write(append(line, '\n'))
	return err
}

// all returns what every customer was told last.
func (r reports) all() []report {
	r.mu.Lock()
	defer r.mu.Unlock()
	list := make([]report, 0, len(r.last))
	for _, one := range r.last {
		list = append(list, one)
	}
	return list
}

// taken are the numbers that some customer has, may have, or can't have any more.
func (r reports) taken() map[numbers.E164]bool {
	taken := make(map[numbers.E164]bool)
	for _, one := range r.all() {
		for _, list := range [][]numbers.E164{one.Bought, one.Pending, one.Orphaned} {
			for _, n := range list {
				taken[n] = true
			}
		}
	}
	return taken
}

// done reports whether a customer need not be served again.
func (r reports) done(c customer, taken map[numbers.E164]bool) bool {
	r.mu.Lock()
	one, served := r.last[c.id]
	r.mu.Unlock()
	if !served || len(one.Open) > 0 || one.Short > 0 {
		return false
	}
	for _, n := range one.Elsewhere {
		if !taken[n] { // whoever held it did not get it
			return false
		}
	}
	return true
}
