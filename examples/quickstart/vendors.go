package main

import (
	"errors"

	"github.com/tnkit/tnkit/exclusive"
	"github.com/tnkit/tnkit/exclusive/exclusivetest"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
	"github.com/tnkit/tnkit/numbers/numberstest"
	"github.com/tnkit/tnkit/opentact"
	"github.com/tnkit/tnkit/opentact/opentacttest"
	"github.com/tnkit/tnkit/telnyx"
	"github.com/tnkit/tnkit/telnyx/telnyxtest"
	"github.com/tnkit/tnkit/voipbin"
	"github.com/tnkit/tnkit/voipbin/voipbintest"
)

// vendor is one row of the tour.
type vendor struct {
	name    string
	account *account.Account
	real    bool
	// books is what a fake really sold; nil for a real vendor.
	books func() numberstest.Books
}

// realVendors makes an Account for each vendor whose credentials are in the
// environment.
func realVendors(getenv func(string) string) ([]vendor, error) {
	var list []vendor
	var errs []error
	add := func(name string, o numbers.Orderer, err error) {
		if err == nil {
			var a *account.Account
			if a, err = account.New(name, o, nil); err == nil {
				list = append(list, vendor{name: name, account: a, real: true})
			}
		}
		errs = append(errs, err)
	}
	if key := getenv("TNKIT_TELNYX_API_KEY"); key != "" {
		c, err := telnyx.New(telnyx.APIKeyAuth(key), nil)
		add("telnyx", telnyx.NewOrderer(c, nil), err)
	}
	if token := getenv("TNKIT_VOIPBIN_TOKEN"); token != "" {
		c, err := voipbin.New(voipbin.TokenAuth(token), nil)
		add("voipbin", voipbin.NewOrderer(c, nil), err)
	}
	if token := getenv("TNKIT_OPENTACT_TOKEN"); token != "" {
		c, err := opentact.New(opentact.TokenAuth(token), nil)
		add("opentact", opentact.NewOrderer(c, nil), err)
	}
	// One without the other is an error of New.
	if url, token := getenv("TNKIT_EXCLUSIVE_URL"), getenv("TNKIT_EXCLUSIVE_TOKEN"); url != "" || token != "" {
		c, err := exclusive.New(url, exclusive.TokenAuth(token), nil)
		add("exclusive", exclusive.NewOrderer(c, nil), err)
	}
	return list, errors.Join(errs...)
}

// fakeVendors starts a fake of each vendor, and of VoIPBin in both of its
// generations. Each has the number for sale. stop ends them.
func fakeVendors(number numbers.E164) (list []vendor, stop func(), err error) {
	var closers []func()
	stop = func() {
		for _, end := range closers {
			end()
		}
	}
	for _, start := range []func() (vendor, func(), error){
		func() (vendor, func(), error) { return fakeTelnyx(number) },
		func() (vendor, func(), error) { return fakeVoIPBin("voipbin", voipbin.GenerationNumbers) },
		func() (vendor, func(), error) { return fakeVoIPBin("voipbin 2021", voipbin.GenerationOrderNumbers) },
		fakeOpenTact,
		fakeExclusive,
	} {
		v, end, err := start()
		if end != nil {
			closers = append(closers, end)
		}
		if err != nil {
			stop()
			return nil, nil, err
		}
		list = append(list, v)
	}
	return list, stop, nil
}

// fake is the account of a fake vendor.
func fake(name string, o numbers.Orderer, err error, books func() numberstest.Books, end func()) (vendor, func(), error) {
	if err != nil {
		return vendor{}, end, err
	}
	a, err := account.New(name, o, nil)
	return vendor{name: name, account: a, books: books}, end, err
}

func fakeTelnyx(number numbers.E164) (vendor, func(), error) {
	srv, err := telnyxtest.Start(telnyxtest.Options{})
	if err != nil {
		return vendor{}, nil, err
	}
	// National: local numbers of some countries wait for documents, as they do
	// at Telnyx.
	srv.AddOffer(numberstest.Offer{Number: string(number), Type: "national"})
	c, err := srv.NewClient(nil)
	return fake("telnyx", telnyx.NewOrderer(c, nil), err, srv.Books, srv.Close)
}

func fakeVoIPBin(name string, g voipbin.Generation) (vendor, func(), error) {
	srv, err := voipbintest.Start(voipbintest.Options{})
	if err != nil {
		return vendor{}, nil, err
	}
	c, err := srv.NewClient(nil)
	o := voipbin.NewOrderer(c, &voipbin.OrdererOptions{Generation: g})
	return fake(name, o, err, srv.Books, srv.Close)
}

func fakeOpenTact() (vendor, func(), error) {
	srv, err := opentacttest.Start(opentacttest.Options{SellsAnything: true})
	if err != nil {
		return vendor{}, nil, err
	}
	c, err := srv.NewClient(nil)
	return fake("opentact", opentact.NewOrderer(c, nil), err, srv.Books, srv.Close)
}

func fakeExclusive() (vendor, func(), error) {
	srv, err := exclusivetest.Start(exclusivetest.Options{})
	if err != nil {
		return vendor{}, nil, err
	}
	c, err := srv.NewClient(nil)
	return fake("exclusive", exclusive.NewOrderer(c, nil), err, srv.Books, srv.Close)
}
