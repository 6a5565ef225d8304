package opentacttest

import "iter"

// features are what a number can do.
type features struct {
	voice, fax, sms, mms, emergency bool
}

// featureNames are the features as the vendor spells them.
var featureNames = []string{"voice", "fax", "sms", "mms", "emergency"}

func (f *features) named(name string) *bool {
	switch name {
	case "voice":
		return &f.voice
	case "fax":
		return &f.fax
	case "sms":
		return &f.sms
	case "mms":
		return &f.mms
	case "emergency":
		return &f.emergency
	}
	return nil
}

// all yields every feature by name, in the vendor's order.
func (f features) all() iter.Seq2[string, bool] {
	return func(yield func(string, bool) bool) {
		for _, name := range featureNames {
			if !yield(name, *f.named(name)) {
				return
			}
		}
	}
}

// names are those that are on.
func (f features) names() []string {
	out := []string{}
	for name, on := range f.all() {
		if on {
			out = append(out, name)
		}
	}
	return out
}

// wish is what a request said about features and renewal; nil is what it did not say.
type wish struct {
	voice, fax, sms, mms, emergency, autorenew *bool
}

// readWish reads the flags that the 2020 and 2021 generations share.
func readWish(b *body) wish {
	return wish{
		b.flag("voice"), b.flag("fax"), b.flag("sms"), b.flag("mms"), b.flag("emergency"), b.flag("autorenew"),
	}
}

// features are those of an order: voice and sms are on by default, at the vendor.
func (w wish) features() features {
	return features{or(w.voice, true), or(w.fax, false), or(w.sms, true), or(w.mms, false), or(w.emergency, false)}
}

func or[T any](v *T, otherwise T) T {
	if v == nil {
		return otherwise
	}
	return *v
}
