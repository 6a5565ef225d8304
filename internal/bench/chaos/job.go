package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/journal"
)

// job is what the parent tells a child, by its environment.
type job struct {
	Vendor  string `json:"vendor"`
	URL     string `json:"url"`
	Token   string `json:"token"`
	Journal string `json:"journal"`
	Notes   string `json:"notes"`
	Numbers int    `json:"numbers"`
	// HTTP2 lets the child speak HTTP/2, with prior knowledge.
	HTTP2 bool `json:"http2"`
	// Assign is what the numbers are connected to after they were bought.
	Assign *numbers.Assignment `json:"assign,omitempty"`
	// DieAt kills the child at the DieAfter-th event of this kind.
	DieAt    numbers.EventKind `json:"die_at"`
	DieAfter int               `json:"die_after"`
}

// jobVariable is the environment variable with the job.
const jobVariable = "TNKIT_CHAOS_JOB"

// number is the i-th number to buy.
func number(i int) numbers.E164 { return numbers.E164(fmt.Sprintf("+1312%07d", 2000000+i)) }

// child buys until every number is accounted for, however often it is killed
// and started again.
func child(ctx context.Context, encoded string, out io.Writer) error {
	var j job
	if err := json.Unmarshal([]byte(encoded), &j); err != nil {
		return err
	}
	s, err := find(j.Vendor)
	if err != nil {
		return err
	}
	o, err := s.client(j.URL, j.Token, clientOptions(j.HTTP2))
	if err != nil {
		return err
	}
	book, err := journal.Open(j.Journal)
	if err != nil {
		return err
	}
	defer book.Close()
	seen, err := openNotes(j.Notes)
	if err != nil {
		return err
	}
	defer seen.file.Close()
	b := &buyer{job: j, subject: s, orderer: o, journal: book, notes: seen, out: bufio.NewWriter(out)}
	return b.run(ctx)
}

func find(name string) (subject, error) {
	for _, s := range subjects() {
		if s.name == name {
			return s, nil
		}
	}
	return subject{}, fmt.Errorf("no vendor %q", name)
}
