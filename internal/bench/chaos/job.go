package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
	"github.com/tnkit/tnkit/numbers/journal"
)

// job is what the parent tells a child, by its environment.
type job struct {
	Vendor  string `json:"vendor"`
	URL     string `json:"url"`
	Token   string `json:"token"`
	Journal string `json:"journal"`
	Reports string `json:"reports"`
	// Numbers is how many numbers there are; Active how many of them the customers of
	// this life may ask for.
	Numbers int    `json:"numbers"`
	Active  int    `json:"active"`
	Seed    uint64 `json:"seed"`
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

// child serves its customers until every one has what he can get, however often it is
// killed and started again.
func child(ctx context.Context, encoded string, out io.Writer) error {
	var j job
	if err := json.Unmarshal([]byte(encoded), &j); err != nil {
		return err
	}
	s, err := find(j.Vendor)
	if err != nil {
		return err
	}
	o, err := s.client(j.URL, j.Token, clientOptions(j.HTTP2, j.Seed))
	if err != nil {
		return err
	}
	book, err := journal.Open(j.Journal)
	if err != nil {
		return err
	}
	defer book.Close()
	told, err := openReports(j.Reports)
	if err != nil {
		return err
	}
	defer told.file.Close()
	acct, err := account.New("main", limited{Orderer: o, most: s.most}, &account.Options{Journal: book})
	if err != nil {
		return err
	}
	b := &buyer{job: j, subject: s, acct: acct, journal: book, told: told, out: bufio.NewWriter(out)}
	if err := b.run(ctx); err != nil {
		return err
	}
	return acct.Close() //nolint:contextcheck // closing takes none
}

func find(name string) (subject, error) {
	for _, s := range subjects() {
		if s.name == name {
			return s, nil
		}
	}
	return subject{}, fmt.Errorf("no vendor %q", name)
}

// limited lets orders have fewer numbers than the vendor would take, and connect none of
// them.
type limited struct {
	numbers.Orderer
	most int
}

func (l limited) Unwrap() numbers.Orderer { return l.Orderer }

func (l limited) Capabilities() numbers.Capabilities {
	c := l.Orderer.Capabilities()
	c.MaxNumbers, c.Assigns = l.most, 0
	return c
}
