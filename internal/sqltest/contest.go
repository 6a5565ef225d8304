package sqltest

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/journal/sqljournal"
)

// Contest lets a process compete with others for few numbers, references and orders, until
// its time is over. Each claim that is won is also a file that must not exist yet: the
// referee, which knows nothing of the journal.
type Contest struct {
	Driver  string             `json:"driver"`
	DSN     string             `json:"dsn"`
	Dialect sqljournal.Dialect `json:"dialect"`
	Options sqljournal.Options `json:"options"`
	Referee string             `json:"referee"` // directory
	Log     string             `json:"log"`     // file
	Name    string             `json:"name"`    // of this process, also in its ids
	Workers int                `json:"workers"`
	For     time.Duration      `json:"for"`
	Claims  int                `json:"claims"` // how many numbers there are
}

// ContestVariable is the environment variable with a process's Contest.
const ContestVariable = "TNKIT_SQLTEST_CONTEST"

// Event is a line of a contest's log.
type Event struct {
	What  string              `json:"what"` // tries, begun, ends, ended, credited, or foul
	ID    string              `json:"id"`
	End   *numbers.JournalEnd `json:"end,omitempty"`
	Where string              `json:"where,omitempty"`
}

// RunContest is one process.
func RunContest(ctx context.Context, encoded string) error {
	var c Contest
	if err := json.Unmarshal([]byte(encoded), &c); err != nil {
		return err
	}
	db, err := sql.Open(c.Driver, c.DSN)
	if err != nil {
		return err
	}
	defer db.Close()
	db.SetMaxIdleConns(c.Workers)
	j, err := sqljournal.Open(ctx, db, c.Dialect, &c.Options)
	if err != nil {
		return err
	}
	log, err := os.OpenFile(c.Log, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	ctx, cancel := context.WithTimeout(ctx, c.For)
	defer cancel()
	var all sync.WaitGroup
	for i := range c.Workers {
		w := contestant{Contest: c, journal: j, log: log, dice: rand.New(rand.NewPCG(uint64(os.Getpid()), uint64(i)))}
		all.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				w.round(context.WithoutCancel(ctx), fmt.Sprintf("%s-%d-%d", c.Name, i, n))
			}
		})
	}
	all.Wait()
	return nil
}

type contestant struct {
	Contest
	journal *sqljournal.Journal
	log     *os.File
	dice    *rand.Rand
}

// round is one attempt: it begins, and ends in some way.
func (w contestant) round(ctx context.Context, id string) {
	a := w.attempt(id)
	w.write(Event{What: "tries", ID: id})
	inTheWay, err := w.journal.Begin(ctx, a)
	for tries := 0; err != nil && tries < 20; tries++ { // as an Account does
		inTheWay, err = w.journal.Begin(ctx, a)
	}
	if err != nil {
		w.write(Event{What: "foul", ID: id, Where: err.Error()})
		return
	}
	if len(inTheWay) > 0 {
		for _, e := range inTheWay {
			if !e.InTheWay(a) {
				w.write(Event{What: "foul", ID: id, Where: e.ID + " is not in the way"})
			}
		}
		return
	}
	w.write(Event{What: "begun", ID: id})
	claims := []string{"reference " + a.Reference}
	for _, n := range a.Numbers {
		claims = append(claims, string(n))
	}
	for _, claim := range claims {
		w.take(claim, id)
	}
	time.Sleep(time.Duration(w.dice.IntN(3)) * time.Millisecond)
	w.end(ctx, a, claims)
}

// attempt is one for up to three of the numbers, in any order.
func (w contestant) attempt(id string) numbers.Attempt {
	a := numbers.Attempt{ID: id, Vendor: "memory", Account: "main", Started: time.Now()}
	a.SendBy, a.Deadline = a.Started.Add(15*time.Second), a.Started.Add(75*time.Second)
	a.Reference = fmt.Sprint("job ", w.dice.IntN(40*w.Claims))
	a.Purchase = a.Reference
	for range 1 + w.dice.IntN(3) {
		a.Numbers = append(a.Numbers, numbers.E164(fmt.Sprintf("+1202555%04d", w.dice.IntN(w.Claims))))
	}
	return a
}

// end ends an attempt as placed, with an order that others want too and nothing held any
// more, or else as not placed.
func (w contestant) end(ctx context.Context, a numbers.Attempt, claims []string) {
	e := numbers.JournalEntry{Attempt: a}
	if w.dice.IntN(8) == 0 {
		order := fmt.Sprint("order ", w.dice.IntN(1_000_000)%(40*w.Claims))
		for _, claim := range claims[1:] {
			w.give(claim, a.ID)
		}
		end := numbers.JournalEnd{Status: numbers.EntryPlaced, OrderID: order, Reason: a.ID}
		switch err := w.record(ctx, e, end); {
		case err == nil:
			w.take(order, a.ID)
			return
		case !errors.Is(err, numbers.ErrConflict):
			w.write(Event{What: "foul", ID: a.ID, Where: err.Error()})
			return
		}
		w.give(claims[0], a.ID)
	} else {
		for _, claim := range claims {
			w.give(claim, a.ID)
		}
	}
	if err := w.record(ctx, e, numbers.JournalEnd{Status: numbers.EntryNotPlaced, Reason: a.ID}); err != nil {
		w.write(Event{What: "foul", ID: a.ID, Where: err.Error()})
	}
}

// record records an end, however often the database fails.
func (w contestant) record(ctx context.Context, e numbers.JournalEntry, end numbers.JournalEnd) (err error) {
	w.write(Event{What: "ends", ID: e.ID, End: &end})
	for range 20 {
		err = w.journal.End(ctx, e, end)
		if err == nil {
			w.write(Event{What: "ended", ID: e.ID, End: &end})
		}
		if err == nil || errors.Is(err, numbers.ErrConflict) {
			break
		}
	}
	return err
}

func (w contestant) file(claim string) string {
	return filepath.Join(w.Referee, strings.ReplaceAll(claim, " ", "-"))
}

// take marks a claim as won. If another one has it, that is a foul. The mark has its
// owner's id from the beginning: a process that is killed leaves none without an owner,
// which nobody would remove.
func (w contestant) take(claim, id string) {
	mine := filepath.Join(filepath.Dir(w.Log), "mark-"+id)
	err := os.WriteFile(mine, []byte(id), 0o600)
	if err == nil {
		err = os.Link(mine, w.file(claim))
	}
	if errors.Is(err, fs.ErrExist) {
		owner, _ := os.ReadFile(w.file(claim))
		if string(owner) != id { // an attempt may have a number twice
			w.write(Event{What: "foul", ID: id, Where: claim + " is " + string(owner) + "'s"})
		}
		err = nil
	}
	if err = errors.Join(err, os.Remove(mine)); err != nil {
		w.write(Event{What: "foul", ID: id, Where: err.Error()})
	}
}

func (w contestant) give(claim, id string) {
	if err := os.Remove(w.file(claim)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		w.write(Event{What: "foul", ID: id, Where: err.Error()})
	}
}

// write appends a line in one piece.
func (w contestant) write(e Event) {
	line, err := json.Marshal(e)
	if err == nil {
		_, err = w.log.Write(append(line, '\n'))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
}
