package sqltest

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
	"github.com/tnkit/tnkit/numbers/journal/sqljournal"
	"github.com/tnkit/tnkit/telnyx"
)

// Replica is one of the processes that sell numbers of one account, with one journal. It
// serves its share of the jobs until each is done.
type Replica struct {
	Driver  string             `json:"driver"`
	DSN     string             `json:"dsn"`
	Dialect sqljournal.Dialect `json:"dialect"`
	URL     string             `json:"url"` // of the vendor's fake
	Token   string             `json:"token"`
	Index   int                `json:"index"` // of this replica; -1 serves all jobs
	Of      int                `json:"of"`    // how many replicas there are
	Jobs    int                `json:"jobs"`
	Reports string             `json:"reports"` // file
}

// ReplicaVariable is the environment variable with a process's Replica.
const ReplicaVariable = "TNKIT_SQLTEST_REPLICA"

const (
	// settle is how long after an attempt the vendor lists what it bought.
	settle = 250 * time.Millisecond
	// patience is how long a client waits for an answer.
	patience = 200 * time.Millisecond
	// perJob is how many numbers are new with each job. It wants one more, which its
	// neighbor wants too.
	perJob = 3
)

// Report is what the customer of a job was told last.
type Report struct {
	Job       int            `json:"job"`
	Bought    []numbers.E164 `json:"bought,omitempty"`
	Elsewhere []numbers.E164 `json:"elsewhere,omitempty"`
	Open      []numbers.E164 `json:"open,omitempty"`
}

// WantedBy returns the numbers that a job wants.
func WantedBy(job, jobs int) (list []numbers.E164) {
	for i := job * perJob; i < min((job+1)*perJob+1, jobs*perJob); i++ {
		list = append(list, numbers.E164(fmt.Sprintf("+1312%07d", 2000000+i)))
	}
	return list
}

// RunReplica is one process.
func RunReplica(ctx context.Context, encoded string) error {
	var r Replica
	if err := json.Unmarshal([]byte(encoded), &r); err != nil {
		return err
	}
	db, err := sql.Open(r.Driver, r.DSN)
	if err != nil {
		return err
	}
	defer db.Close()
	db.SetMaxIdleConns(16)
	j, err := sqljournal.Open(ctx, db, r.Dialect, nil)
	if err != nil {
		return err
	}
	client, err := telnyx.New(telnyx.APIKeyAuth(r.Token), &numbers.ClientOptions{
		BaseURL: r.URL, HTTPClient: &http.Client{Timeout: patience, Transport: &http.Transport{MaxIdleConnsPerHost: 32}},
		Retry: numbers.Retry{Attempts: 4, MinWait: time.Millisecond, MaxWait: 20 * time.Millisecond},
	})
	if err != nil {
		return err
	}
	acct, err := account.New("main", telnyx.NewOrderer(client, &telnyx.OrdererOptions{ListingDelay: settle}), &account.Options{Journal: j})
	if err != nil {
		return err
	}
	file, err := os.OpenFile(r.Reports, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer file.Close()
	if err := r.serve(ctx, acct, file); err != nil {
		return err
	}
	return acct.Close() //nolint:contextcheck // closing takes none
}

// serve delivers the jobs of this replica, six at a time and in random order, until all are
// done. Each job is delivered to two replicas.
func (r Replica) serve(ctx context.Context, acct *account.Account, file *os.File) error {
	var waiting []int
	for job := range r.Jobs {
		if r.Index < 0 || job%r.Of == r.Index || (job+1)%r.Of == r.Index {
			waiting = append(waiting, job)
		}
	}
	for len(waiting) > 0 && ctx.Err() == nil {
		rand.Shuffle(len(waiting), func(i, k int) { waiting[i], waiting[k] = waiting[k], waiting[i] })
		var mu sync.Mutex
		var all sync.WaitGroup
		var again []int
		slots := make(chan struct{}, 6)
		for _, job := range waiting {
			slots <- struct{}{}
			all.Go(func() {
				defer func() { <-slots }()
				report := r.deliver(ctx, acct, job)
				line, err := json.Marshal(report)
				if err == nil {
					_, err = file.Write(append(line, '\n'))
				}
				if err != nil || len(report.Open) > 0 {
					mu.Lock()
					again = append(again, job)
					mu.Unlock()
				}
			})
		}
		all.Wait()
		if waiting = again; len(again) > 0 {
			time.Sleep(settle)
		}
	}
	return ctx.Err()
}

// deliver is one delivery of a job.
func (r Replica) deliver(ctx context.Context, acct *account.Account, job int) Report {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	told := Report{Job: job}
	wants := WantedBy(job, r.Jobs)
	p, err := acct.Buy(ctx, numbers.OrderRequest{Numbers: wants, Reference: fmt.Sprint("job-", job)}, &account.BuyOptions{
		Concurrency: 2, Wait: account.WaitOptions{MinInterval: 5 * time.Millisecond, MaxInterval: 50 * time.Millisecond},
	})
	told.Bought = p.Bought()
	var missing map[numbers.E164]error
	if failed, ok := errors.AsType[*account.PurchaseError](err); ok {
		missing = failed.Missing()
	}
	for _, n := range wants {
		bought := false
		for _, b := range told.Bought {
			bought = bought || b == n
		}
		switch why := missing[n]; {
		case bought:
		case errors.Is(why, numbers.ErrConflict), errors.Is(why, numbers.ErrAlreadyOwned):
			told.Elsewhere = append(told.Elsewhere, n)
		default:
			told.Open = append(told.Open, n)
		}
	}
	return told
}
