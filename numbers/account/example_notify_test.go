package account_test

import (
	"context"
	"fmt"
	"time"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
	"github.com/tnkit/tnkit/telnyx"
	"github.com/tnkit/tnkit/telnyx/telnyxtest"
)

// Telnyx's webhook wakes the purchase that waits for the order. The poll alone would
// come an hour later.
func ExampleAccount_Notify() {
	ctx := context.Background()
	srv, err := telnyxtest.Start(telnyxtest.Options{SettleAfter: time.Hour})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer srv.Close()
	acct := theAccount(telnyx.NewOrderer(srv.Client(), nil), nil)

	handler, err := telnyx.NewWebhookHandler([]string{srv.PublicKey()}, func(_ context.Context, w *telnyx.Webhook) error {
		if o := w.NumberOrder; o != nil {
			var list []numbers.E164
			for _, item := range o.PhoneNumbers {
				list = append(list, numbers.E164(item.PhoneNumber))
			}
			acct.Notify(o.ID, list...)
		}
		return nil
	})
	if err != nil {
		fmt.Println(err)
		return
	}

	pending := make(chan string, 1)
	go func() { // Telnyx settles the order, and delivers its webhook
		id := <-pending
		srv.Settle()
		status, err := srv.DeliverTo(ctx, handler, id)
		fmt.Println("webhook:", status, err)
	}()
	purchase, err := acct.Buy(ctx, numbers.OrderRequest{Numbers: []numbers.E164{"+13125550123"}}, &account.BuyOptions{
		Wait: account.WaitOptions{MinInterval: time.Hour, OnPoll: func(o *numbers.Order) {
			fmt.Println("read:", o.State)
			if !o.Settled() {
				pending <- o.ID
			}
		}},
	})
	fmt.Println("bought:", purchase.Bought(), err)
	// Unordered output:
	// read: pending
	// webhook: 200 <nil>
	// read: complete
	// bought: [+13125550123] <nil>
}
