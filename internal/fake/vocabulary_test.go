package fake_test

import (
	"encoding/json"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/exclusive"
	"github.com/tnkit/tnkit/exclusive/exclusivetest"
	"github.com/tnkit/tnkit/numbers/numberstest"
	"github.com/tnkit/tnkit/opentact"
	"github.com/tnkit/tnkit/opentact/opentacttest"
	"github.com/tnkit/tnkit/telnyx"
	"github.com/tnkit/tnkit/telnyx/telnyxtest"
	"github.com/tnkit/tnkit/voipbin"
	"github.com/tnkit/tnkit/voipbin/voipbintest"
)

// vendorFake is one of the four fakes.
type vendorFake struct {
	options, server, client any
	start, newServer        any
	serve                   func(testing.TB, numberstest.ServerOptions) numberstest.Server
	// token is what a request bears, in this header; list is the path of a list.
	header, token, list string
	// states are words for AddNumber and SetState.
	states [2]string
	// id is the path of the rows' ids in the list.
	id string
}

func vendorFakes() map[string]vendorFake {
	return map[string]vendorFake{
		"telnyx": {
			telnyxtest.Options{}, &telnyxtest.Server{}, &telnyx.Client{}, telnyxtest.Start, telnyxtest.NewServer,
			func(tb testing.TB, o numberstest.ServerOptions) numberstest.Server {
				return telnyxtest.NewServer(tb, telnyxtest.Options{ServerOptions: o})
			},
			"Authorization", "Bearer " + telnyxtest.APIKey, "/phone_numbers", [2]string{"active", "port-out-pending"}, "data[].id",
		},
		"voipbin": {
			voipbintest.Options{}, &voipbintest.Server{}, &voipbin.Client{}, voipbintest.Start, voipbintest.NewServer,
			func(tb testing.TB, o numberstest.ServerOptions) numberstest.Server {
				return voipbintest.NewServer(tb, voipbintest.Options{ServerOptions: o})
			},
			"Cookie", "accesskey=" + voipbintest.AccessKey, "/v1.0/numbers", [2]string{"active", "purchase-pending"}, "result[].id",
		},
		"opentact": {
			opentacttest.Options{}, &opentacttest.Server{}, &opentact.Client{}, opentacttest.Start, opentacttest.NewServer,
			func(tb testing.TB, o numberstest.ServerOptions) numberstest.Server {
				return opentacttest.NewServer(tb, opentacttest.Options{ServerOptions: o})
			},
			"X-Auth-Token", opentacttest.Token, "/lease/tn", [2]string{}, "payload[].uuid", // a lease has no state
		},
		"exclusive": {
			exclusivetest.Options{}, &exclusivetest.Server{}, &exclusive.Client{}, exclusivetest.Start, exclusivetest.NewServer,
			func(tb testing.TB, o numberstest.ServerOptions) numberstest.Server {
				return exclusivetest.NewServer(tb, exclusivetest.Options{ServerOptions: o})
			},
			"Authorization", "Bearer " + exclusivetest.Token, "/api/exclusive_numbers", [2]string{`"enabled":true`, `"enabled":false`}, "items[].id",
		},
	}
}

// plain is a type with the vendor's packages under one name.
func plain(vendor string, t reflect.Type) string {
	s := strings.ReplaceAll(t.String(), vendor+"test.", "vendortest.")
	return strings.ReplaceAll(s, vendor+".", "vendor.")
}

func TestVocabulary(t *testing.T) {
	signatures := map[string]map[string]string{} // by method, by vendor
	for name, v := range vendorFakes() {
		opts := reflect.TypeOf(v.options)
		field, ok := opts.FieldByName("ServerOptions")
		assert.True(t, ok && field.Anonymous && field.Type == reflect.TypeFor[numberstest.ServerOptions](), "%s embeds the common options", name)
		for i := range field.Type.NumField() {
			common := field.Type.Field(i).Name
			for j := range opts.NumField() {
				assert.NotEqual(t, common, opts.Field(j).Name, "%s has its own option of a common name", name)
			}
		}
		assert.Equal(t, "func(vendortest.Options) (*vendortest.Server, error)", plain(name, reflect.TypeOf(v.start)))
		assert.Equal(t, "func(testing.TB, ...vendortest.Options) *vendortest.Server", plain(name, reflect.TypeOf(v.newServer)))

		server := reflect.TypeOf(v.server)
		assert.True(t, server.Implements(reflect.TypeFor[numberstest.Server]()), name)
		for _, has := range []string{"Client", "NewClient"} {
			_, ok := server.MethodByName(has)
			assert.True(t, ok, "%s has %s", name, has)
		}
		for i := range server.NumMethod() {
			m := server.Method(i)
			if signatures[m.Name] == nil {
				signatures[m.Name] = map[string]string{}
			}
			signatures[m.Name][name] = plain(name, m.Type)
		}
	}
	for method, of := range signatures {
		first := ""
		for vendor, signature := range of {
			if first == "" {
				first = signature
			}
			assert.Equal(t, first, signature, "%s of %s is not what the other fakes call so", method, vendor)
		}
		assert.NotContains(t, []string{"AddOwned", "AddNumbers", "AddOffers", "AddStock", "SetOffers", "SetStatus"}, method, "another word for what has one")
	}
}

// byHost is one transport for several fakes.
type byHost map[string]http.RoundTripper

func (b byHost) RoundTrip(r *http.Request) (*http.Response, error) { return b[r.URL.Host].RoundTrip(r) }

func TestOneTransportForAllFakes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		one := byHost{}
		var reads []*http.Request
		for _, v := range vendorFakes() {
			for range 2 { // two accounts of one vendor, too
				srv := v.serve(t, numberstest.ServerOptions{InMemory: true})
				r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, srv.URL()+v.list, nil)
				require.NoError(t, err)
				r.Header.Set(v.header, v.token)
				one[r.URL.Host] = srv.HTTPClient().Transport
				reads = append(reads, r)
			}
		}
		require.Len(t, one, len(reads), "all hosts differ")
		for _, r := range reads {
			resp, err := (&http.Client{Transport: one}).Do(r)
			require.NoError(t, err)
			assert.Equal(t, http.StatusOK, resp.StatusCode, "%s", r.URL)
			require.NoError(t, resp.Body.Close())
		}
	})
}

func TestCommonMethods(t *testing.T) {
	for name, v := range vendorFakes() {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tb := &spy{TB: t}
				srv := v.serve(tb, numberstest.ServerOptions{InMemory: true})
				defer srv.Close()
				get := func() (int, string) {
					r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, srv.URL()+v.list, nil)
					require.NoError(t, err)
					r.Header.Set(v.header, v.token)
					resp, err := srv.HTTPClient().Do(r)
					require.NoError(t, err)
					defer resp.Body.Close()
					body, err := io.ReadAll(resp.Body)
					require.NoError(t, err)
					return resp.StatusCode, string(body)
				}
				ids := srv.AddNumber(
					numberstest.Owned{Number: "+12025550100", Created: time.Now().Add(-time.Minute)},
					numberstest.Owned{Number: "+12025550101", ID: "00000000-0000-4000-8000-000000000001"},
				)
				require.Len(t, ids, 2)
				assert.Equal(t, "00000000-0000-4000-8000-000000000001", ids[1])
				time.Sleep(time.Second) // a vendor lists what was made before now
				status, body := get()
				assert.Equal(t, http.StatusOK, status)
				for _, id := range ids {
					assert.NotEmpty(t, id)
					assert.Contains(t, body, `"`+id+`"`)
				}
				assert.Contains(t, body, "12025550100")
				assert.Contains(t, body, "12025550101")
				assert.Empty(t, srv.Books().Purchases, "what was added is not bought")

				if v.states[0] != "" {
					assert.NotContains(t, body, v.states[1])
					state := strings.Trim(v.states[1], `"`)
					if name == "exclusive" {
						state = exclusivetest.StateDisabled
					}
					srv.SetState(ids[0], state)
					_, body = get()
					assert.Contains(t, body, v.states[0])
					assert.Contains(t, body, v.states[1])
				}
				srv.AddOffer(numberstest.Offer{Number: "+12025550102"})
				srv.Settle()
				assert.Empty(t, srv.Reports())

				srv.Inject(
					numberstest.Fault{Kind: numberstest.StatusBefore, Status: 502, On: numberstest.Match{PathPrefix: "/"}, Times: -1},
					numberstest.Fault{Kind: numberstest.RateLimited, On: numberstest.Match{PathPrefix: "/"}, Times: -1},
				)
				status, _ = get()
				assert.Equal(t, 502, status)
				srv.Lift(numberstest.StatusBefore)
				status, _ = get()
				assert.Equal(t, 429, status)
				srv.Lift()
				status, _ = get()
				assert.Equal(t, 200, status)
				assert.Empty(t, srv.Unused())

				assert.Empty(t, tb.errors)
				srv.SetState("no such id", "active")
				srv.AddNumber(numberstest.Owned{})
				assert.Len(t, tb.errors, 2, "misuse fails the test")
				assert.Len(t, srv.Reports(), 2)
			})
		})
	}
}

// Each member of every answer can drift, until the fault is lifted.
func TestEveryFakeDrifts(t *testing.T) {
	for name, v := range vendorFakes() {
		t.Run(name, func(t *testing.T) {
			srv := v.serve(t, numberstest.ServerOptions{})
			id := srv.AddNumber(numberstest.Owned{Number: "+12025550100", Created: time.Now().Add(-time.Minute)})[0]
			get := func() string {
				r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, srv.URL()+v.list, nil)
				require.NoError(t, err)
				r.Header.Set(v.header, v.token)
				resp, err := srv.HTTPClient().Do(r)
				require.NoError(t, err)
				defer resp.Body.Close()
				require.Equal(t, http.StatusOK, resp.StatusCode)
				body, err := io.ReadAll(resp.Body)
				require.NoError(t, err)
				return string(body)
			}
			before := get()
			require.Contains(t, before, `"`+id+`"`)
			key := v.id[strings.LastIndex(v.id, ".")+1:]
			for _, path := range []string{v.id, key} {
				for _, want := range numberstest.JSONTypes() {
					srv.Inject(numberstest.Fault{Kind: numberstest.Drift, Path: path, Type: want})
					for range 2 {
						_, after, ok := strings.Cut(get(), `"`+key+`":`)
						require.True(t, ok)
						assert.Equal(t, want, typeOf(firstValue(t, after)))
					}
					srv.Lift()
				}
			}
			for _, shape := range numberstest.Shapes() {
				srv.Inject(numberstest.Fault{Kind: numberstest.Reshape, Shape: shape})
				if name != "opentact" || shape != numberstest.ShapeArray {
					assert.NotEqual(t, before, get(), shape)
				}
				srv.Lift()
			}
			srv.Inject(numberstest.Fault{Kind: numberstest.Counts, Value: "-9223372036854775808"})
			if name != "voipbin" && name != "opentact" { // whose lists count nothing
				assert.Contains(t, get(), "-9223372036854775808")
			}
			srv.Lift()
			assert.Equal(t, before, get())
		})
	}
}

// firstValue is the JSON value that a text begins with.
func firstValue(t *testing.T, text string) string {
	t.Helper()
	var raw json.RawMessage
	require.NoError(t, json.NewDecoder(strings.NewReader(text)).Decode(&raw))
	return string(raw)
}
