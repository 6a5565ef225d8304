package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"
)

// exchange is one request of the conversation, as curl makes it.
type exchange struct {
	why, method, path, key, body string
}

func conversation() []exchange {
	const (
		one   = `{"numbers": ["+13125550100"], "max_monthly": {"amount": "5.00", "currency": "USD"}}`
		other = `{"numbers": ["+13125550101"]}`
	)
	return []exchange{
		{"Is it there?", http.MethodGet, "/readyz", "", ""},
		{"Search.", http.MethodGet, "/v1/offers?country=US&limit=1", "", ""},
		{"What would a number cost?", http.MethodPost, "/v1/quotes", "", `{"numbers": ["+13125550100"]}`},
		{"Buy it. The answer comes when the vendor's webhook has reported the order.", http.MethodPost, purchases, "customer-4711", one},
		{"The same key again buys nothing.", http.MethodPost, purchases, "customer-4711", one},
		{"The key is for this request alone.", http.MethodPost, purchases, "customer-4711", other},
		{"Another customer can't have the number.", http.MethodPost, purchases, "customer-4712", one},
		{"What became of a purchase?", http.MethodGet, purchases + "/customer-4711", "", ""},
		{"A forged webhook is refused.", http.MethodPost, webhookPath, "", `{"data": {}}`},
		{"Give the number back.", http.MethodDelete, "/v1/numbers/+13125550100", "", ""},
		{"It is gone.", http.MethodDelete, "/v1/numbers/+13125550100", "", ""},
	}
}

// converse serves on a free port and plays the conversation of README.md.
func converse(ctx context.Context, c config, out io.Writer) error {
	c.listen, c.telemetry, c.db = "127.0.0.1:0", "none", ""
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var failed error
	err := serve(ctx, c, slog.New(slog.DiscardHandler), io.Discard, func(address string) {
		go func() {
			defer cancel()
			for _, e := range conversation() {
				if failed = e.play(ctx, address, out); failed != nil {
					return
				}
			}
		}()
	})
	return errors.Join(failed, err)
}

// play sends a request and prints it and its answer.
func (e exchange) play(ctx context.Context, address string, out io.Writer) error {
	r, err := http.NewRequestWithContext(ctx, e.method, "http://"+address+e.path, strings.NewReader(e.body))
	if err != nil {
		return err
	}
	command := `curl -sw '%{http_code}\n'`
	if e.method != http.MethodGet && e.body == "" {
		command += " -X " + e.method
	}
	if e.key != "" {
		r.Header.Set(keyHeader, e.key)
		command += fmt.Sprintf(" -H '%s: %s'", keyHeader, e.key)
	}
	if e.body != "" {
		command += fmt.Sprintf(" -d '%s'", e.body)
	}
	client := &http.Client{Timeout: time.Minute}
	defer client.CloseIdleConnections()
	answer, err := client.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	fmt.Fprintf(out, "# %s\n$ %s 'http://127.0.0.1:8080%s'\n%s%d\n\n", e.why, command, e.path, body, answer.StatusCode)
	return err
}
