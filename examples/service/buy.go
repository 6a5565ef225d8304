package main

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
)

// view is a purchase as callers see it.
type view struct {
	Key string `json:"key"`
	// State is running, complete, incomplete or unknown.
	State   string         `json:"state"`
	Numbers []numbers.E164 `json:"numbers"`
	Bought  []numbers.E164 `json:"bought"`
	// NotBought were definitely not bought, with the reason of each.
	NotBought map[numbers.E164]problem `json:"not_bought,omitempty"`
	// Unknown may have been bought or not.
	Unknown []numbers.E164   `json:"unknown,omitempty"`
	Orders  []*numbers.Order `json:"orders,omitempty"`
}

// job is a purchase that runs here. It does not depend on the caller's connection.
type job struct {
	done   chan struct{}
	answer answer
}

// buy starts a purchase, or joins the one that runs under the same key, and waits a while
// for its end.
func (s *service) buy(w http.ResponseWriter, r *http.Request) {
	key := r.Header.Get(keyHeader)
	in, err := read(r)
	switch {
	case err != nil:
	case key == "":
		err = invalid(keyHeader, "the header is missing: send a key that is new for each purchase, and the same key to repeat it")
	case len(key) > 200 || !utf8.ValidString(key):
		err = invalid(keyHeader, "it has more than 200 bytes, or is not UTF-8")
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	p, err := s.store.add(r.Context(), key, in)
	switch {
	case err != nil || p == nil:
		s.fail(w, r, errors.Join(errDatabase, err))
		return
	case !p.isFor(in):
		s.fail(w, r, errKeyReused)
		return
	}
	j := s.start(r.Context(), p)
	timer := time.NewTimer(s.wait)
	defer timer.Stop()
	select {
	case <-j.done:
		send(w, j.answer)
		return
	case <-timer.C:
	case <-s.stopping:
	case <-r.Context().Done():
	}
	s.accepted(w, &view{Key: key, State: "running", Numbers: in.Numbers, Bought: []numbers.E164{}})
}

func (s *service) accepted(w http.ResponseWriter, v *view) {
	w.Header().Set("Location", purchases+"/"+url.PathEscape(v.Key))
	w.Header().Set("Retry-After", "1")
	send(w, answer{http.StatusAccepted, encode(v)})
}

// start returns the job of a key, which it starts if there is none.
func (s *service) start(ctx context.Context, p *purchase) *job {
	s.mu.Lock()
	defer s.mu.Unlock()
	if j := s.running[p.key]; j != nil {
		return j
	}
	j := &job{done: make(chan struct{})}
	s.running[p.key] = j
	s.background(ctx, func(ctx context.Context) {
		j.answer = s.work(ctx, p)
		s.mu.Lock()
		delete(s.running, p.key)
		s.mu.Unlock()
		close(j.done)
	})
	return j
}

// background runs work that does not end with its caller. It keeps the caller's trace, and
// ends when the service has no more time.
func (s *service) background(ctx context.Context, work func(context.Context)) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	s.jobs.Go(func() {
		defer cancel()
		defer context.AfterFunc(s.life, cancel)()
		work(ctx)
	})
}

// work buys. The answer is recorded if it is final: otherwise the purchase is continued
// when a replica starts, or when the caller repeats the request.
func (s *service) work(ctx context.Context, p *purchase) answer {
	bought, err := s.acct.Buy(ctx, numbers.OrderRequest{Numbers: p.request.Numbers, Reference: p.key}, &account.BuyOptions{
		MaxUpfront: p.request.MaxUpfront, MaxMonthly: p.request.MaxMonthly,
		OnEvent: func(e numbers.Event) {
			s.log.LogAttrs(ctx, slog.LevelInfo, "purchase", slog.String("step", string(e.Kind)), slog.String("key", p.key), slog.String("order", e.OrderID), slog.Any("error", e.Err))
			if e.Kind == numbers.EventSent && e.OrderID != "" && s.sold.sent != nil {
				s.sold.sent(e.OrderID)
			}
		},
	})
	v := s.viewOf(p, bought, err)
	a := answer{http.StatusOK, encode(v)}
	final := err == nil || ctx.Err() == nil && !errors.Is(err, numbers.ErrOutcomeUnknown) && !errors.Is(err, numbers.ErrPending)
	switch {
	case err != nil && final:
		a = withPurchase(err, v).answer()
	case err != nil && v.State != "unknown":
		a.status = http.StatusAccepted
	case err != nil:
		a = withPurchase(numbers.ErrOutcomeUnknown, v).answer()
	}
	if final {
		if err := s.store.finish(context.WithoutCancel(ctx), p.key, a); err != nil {
			s.log.ErrorContext(ctx, "the answer was not recorded; the purchase is continued at the next start", "key", p.key, "error", err)
		}
	}
	s.log.InfoContext(ctx, "purchase ended", "key", p.key, "state", v.State, "final", final, "error", err)
	return a
}

func withPurchase(err error, v *view) problem {
	p := problemOf(err)
	p.Purchase = v
	return p
}

func (s *service) viewOf(p *purchase, got *account.Purchase, err error) *view {
	v := &view{Key: p.key, State: "running", Numbers: p.request.Numbers, Bought: got.Bought()}
	if v.Bought == nil {
		v.Bought = []numbers.E164{}
	}
	if got != nil {
		v.Orders = got.Orders
		for _, a := range got.Unknown {
			v.Unknown = append(v.Unknown, a.Numbers...)
		}
	}
	if e, ok := errors.AsType[*account.PurchaseError](err); ok {
		for n, why := range e.Missing() {
			if v.NotBought == nil {
				v.NotBought = make(map[numbers.E164]problem)
			}
			v.NotBought[n] = problemOf(why)
		}
	}
	settled := len(v.Bought) + len(v.NotBought)
	switch {
	case !slices.ContainsFunc(v.Numbers, func(n numbers.E164) bool { return !slices.Contains(v.Bought, n) }):
		v.State = "complete"
	case errors.Is(err, numbers.ErrOutcomeUnknown):
		v.State = "unknown"
	case settled >= len(v.Numbers):
		v.State = "incomplete"
	}
	return v
}

// status reads what became of a purchase, also one of another replica.
func (s *service) status(w http.ResponseWriter, r *http.Request) {
	p, err := s.store.get(r.Context(), r.PathValue("key"))
	switch {
	case err != nil:
		s.fail(w, r, errors.Join(errDatabase, err))
		return
	case p == nil:
		s.fail(w, r, numbers.ErrNotFound)
		return
	}
	got, err := s.acct.Lookup(r.Context(), p.key)
	if _, partly := errors.AsType[*account.PurchaseError](err); err != nil && !partly && !errors.Is(err, numbers.ErrNotFound) {
		s.fail(w, r, err)
		return
	}
	v := s.viewOf(p, got, err)
	switch {
	case v.State == "complete":
		send(w, answer{http.StatusOK, encode(v)})
	case p.status == 0: // it runs here or elsewhere, or waits for the next start
		v.State = "running"
		s.accepted(w, v)
	case p.status >= http.StatusMultipleChoices:
		send(w, answer{p.status, p.answer})
	default: // it was bought, and is not any more
		v.State = "incomplete"
		send(w, withPurchase(errors.Join(err, numbers.ErrNotFound), v).answer())
	}
}

// resume continues what a crash has interrupted. It is safe while other replicas do the
// same: each purchase is continued, not repeated.
func (s *service) resume(ctx context.Context) {
	list, err := s.store.unfinished(ctx)
	if err != nil {
		s.log.ErrorContext(ctx, "unfinished purchases can't be read", "error", err)
	}
	for _, p := range list {
		s.log.InfoContext(ctx, "purchase continues", "key", p.key)
		s.start(ctx, p)
	}
	s.background(ctx, func(ctx context.Context) {
		found, err := s.acct.Recover(ctx)
		s.log.InfoContext(ctx, "recovered", "entries", len(found), "error", err)
	})
}

// stop lets nobody wait any more. Purchases go on.
func (s *service) stop() { close(s.stopping) }

// drain waits for the purchases, and stops them when ctx ends. Then every order that was
// sent is in the journal.
func (s *service) drain(ctx context.Context) {
	done := make(chan struct{})
	go func() { s.jobs.Wait(); close(done) }()
	select {
	case <-done:
	case <-ctx.Done():
	}
	s.end()
	<-done
}
