package numbers

import (
	"context"
	"slices"
)

// takeUp looks for orders that exist by the request's references. A part whose
// reference is known sends nothing.
func (b *buyer) takeUp(ctx context.Context) error {
	planned := len(b.parts)
	b.parts = append(b.parts, b.otherwise()...)
	errs := make(map[*part]error)
	b.each(func(p *part) {
		if err := b.takeUpPart(ctx, p); err != nil {
			b.mu.Lock()
			defer b.mu.Unlock()
			errs[p] = err
		}
	})
	for _, p := range b.parts {
		if errs[p] != nil {
			return errs[p]
		}
	}
	others := slices.Clone(b.parts[planned:])
	b.parts = b.parts[:planned]
	if err := b.adopt(ctx, others); err != nil {
		return err
	}
	return b.compare()
}

// otherwise are parts that an earlier delivery may have had beside those of
// now, if Capabilities.MaxNumbers was another one then: all numbers in one
// order, or one order more.
func (b *buyer) otherwise() []*part {
	switch planned := len(b.parts); {
	case !b.named, len(b.r.Numbers) == 1:
		return nil
	case planned == 1:
		return []*part{b.other(partReference(b.r.Reference, 1))}
	default:
		return []*part{b.other(b.r.Reference), b.other(partReference(b.r.Reference, planned+1))}
	}
}

func (b *buyer) other(reference string) *part {
	r := b.r
	r.Reference = reference
	return &part{r: r}
}

// adopt takes over those of others that exist, and looks for the ones after
// them. The name alone proves little there: an order for none of the numbers is
// another purchase's.
func (b *buyer) adopt(ctx context.Context, others []*part) error {
	wanted, last := setOf(b.r.Numbers), len(b.parts)
	if last == 1 {
		last = 0 // it has no suffix
	}
	for ; len(others) > 0; others = others[1:] {
		p := others[0]
		if !p.known {
			continue
		}
		has, told := p.has()
		switch {
		case !told:
			return b.usedOtherwise(p, "the vendor does not tell for which numbers "+quote(p.r.Reference)+" was used")
		case !slices.ContainsFunc(has, wanted.has):
			continue
		}
		b.parts = append(b.parts, p)
		if p.r.Reference == b.r.Reference {
			continue
		}
		last++
		next := b.other(partReference(b.r.Reference, last+1))
		if err := b.takeUpPart(ctx, next); err != nil {
			return err
		}
		others = append(others, next)
	}
	return nil
}

func (b *buyer) takeUpPart(ctx context.Context, p *part) error {
	order, attempt, _, err := known(ctx, b.op, b.o, p.r.Reference)
	if err != nil || order == nil && attempt == nil {
		return err
	}
	p.known, p.order, p.attempt = true, order, attempt
	if attempt != nil {
		p.err = b.stillUnknown(p, "the journal knows the reference, and not what became of it", nil)
	}
	return nil
}

// has are the numbers of a known part, where they are told.
func (p *part) has() (list []E164, told bool) {
	if p.order == nil && p.attempt == nil {
		return nil, false
	}
	if p.order == nil {
		return p.attempt.Numbers, true
	}
	list = p.order.Numbers()
	return list, len(list) > 0 && len(list) >= p.order.Count
}

// compare holds the numbers of the known references against those of the
// request. What a known reference should have and has not is left over.
func (b *buyer) compare() error {
	wanted, ordered := setOf(b.r.Numbers), make(set[E164])
	for _, p := range b.parts {
		if !p.known {
			continue
		}
		has, told := p.has()
		if !told {
			if reason := p.order.strange(b.r.Numbers); reason != "" {
				return b.usedOtherwise(p, "the reference was used for order "+quote(p.order.ID)+", and "+reason)
			}
			has = p.r.Numbers // the reference must do
		}
		for _, n := range has {
			if !wanted.has(n) {
				return b.usedOtherwise(p, "the reference was used for other numbers: "+quote(string(n)))
			}
			ordered[n] = struct{}{}
		}
	}
	for _, p := range b.parts {
		if has, told := p.has(); p.known && told {
			b.left = append(b.left, p.r.Numbers...)
			p.r.Numbers = has
		}
	}
	b.left = slices.DeleteFunc(b.left, ordered.has)
	slices.Sort(b.left)
	b.left = slices.Compact(b.left)
	b.drop(ordered)
	b.drop(setOf(b.left))
	return nil
}

func (b *buyer) usedOtherwise(p *part, message string) error {
	e := b.refuse(ErrConflict, "Reference", message)
	e.Numbers = p.r.Numbers
	return e
}

// lookAgain looks once more for the references of parts whose numbers were taken
// meanwhile: perhaps by the same job, which has been delivered twice.
func (b *buyer) lookAgain(ctx context.Context, taken set[E164]) error {
	for _, p := range b.parts {
		if p.known || !slices.ContainsFunc(p.r.Numbers, taken.has) {
			continue
		}
		if err := b.takeUpPart(ctx, p); err != nil {
			return err
		}
	}
	return b.compare()
}

func (b *buyer) notUnderReference(n E164) *Error {
	return b.caps.err(b.op, ErrConflict, "Reference", "the reference was used without this number; order it under another", n)
}
