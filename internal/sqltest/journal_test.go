package sqltest

import (
	"testing"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/journal/sqljournal"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

// kept is a journal and where it is.
type kept struct {
	*sqljournal.Journal
	engine engine
}

func TestConformance(t *testing.T) {
	engines(t, func(t *testing.T, fresh func(tb testing.TB) engine) {
		again := func(tb testing.TB, j numbers.Journal) numbers.Journal {
			e := j.(kept).engine
			return kept{e.journal(tb), e}
		}
		numberstest.RunJournal(t, numberstest.JournalHarness{
			Open: func(tb testing.TB) numbers.Journal {
				e := fresh(tb)
				first := e
				if e.dialect == sqljournal.Postgres {
					first.opened = pool
				}
				return kept{first.journal(tb), e}
			},
			Reopen: again,
			Second: func(tb testing.TB, j numbers.Journal) (numbers.Journal, error) { return again(tb, j), nil },
		})
	})
}
