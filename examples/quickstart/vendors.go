package main

import (
	"errors"

	"github.com/tnkit/tnkit/exclusive"
	"github.com/tnkit/tnkit/exclusive/exclusivetest"
	"github.com/tnkit/tnkit/numbers"
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
	orderer numbers.Orderer
	real    bool
	// books is what a fake really sold; nil for a real vendor.
	books func() numberstest.Books
}

// realVendors makes an Orderer for each vendor whose credentials are in the
// environment.
func realVendors(getenv func(string) string) ([]vendor, error) {
	var list []vendor
	var errs []error
	add := func(name string, o numbers.Orderer, err error) {
		errs = append(errs, err)
		if err == nil {
			list = append(list, vendor{name: name, orderer: o, real: true})
		}
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

func fakeTelnyx(number numbers.E164) (vendor, func(), error) {
	srv, err := telnyxtest.Start(telnyxtest.Options{})
	if err != nil {
		return vendor{}, nil, err
	}
	// National: local numbers of some countries wait for documents, as they do
	// at Telnyx.
	srv.AddStock(telnyxtest.Available{PhoneNumber: string(number), Type: "national"})
	c, err := srv.NewClient(nil)
	return vendor{name: "telnyx", orderer: telnyx.NewOrderer(c, nil), books: srv.Books}, srv.Close, err
}

func fakeVoIPBin(name string, g voipbin.Generation) (vendor, func(), error) {
	srv, err := voipbintest.Start(voipbintest.Options{})
	if err != nil {
		return vendor{}, nil, err
	}
	c, err := srv.NewClient(nil)
	o := voipbin.NewOrderer(c, &voipbin.OrdererOptions{Generation: g})
	return vendor{name: name, orderer: o, books: srv.Books}, srv.Close, err
}

func fakeOpenTact() (vendor, func(), error) {
	srv, err := opentacttest.Start(opentacttest.Options{SellsAnything: true})
	if err != nil {
		return vendor{}, nil, err
	}
	c, err := srv.NewClient(nil)
	return vendor{name: "opentact", orderer: opentact.NewOrderer(c, nil), books: srv.Books}, srv.Close, err
}

func fakeExclusive() (vendor, func(), error) {
	srv, err := exclusivetest.Start(exclusivetest.Options{})
	if err != nil {
		return vendor{}, nil, err
	}
	c, err := srv.NewClient(nil)
	return vendor{name: "exclusive", orderer: exclusive.NewOrderer(c, nil), books: srv.Books}, srv.Close, err
}
