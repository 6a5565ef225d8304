package wire_test

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/go-querystring/query"
	"github.com/shopspring/decimal"

	"github.com/tnkit/tnkit/numbers/wire"
)

// What a vendor wrote in its own way comes out the same way.
func Example() {
	type order struct {
		TN      wire.TN     `json:"tn,omitzero"`
		Monthly wire.Amount `json:"mrc,omitzero"`
		Setup   wire.Amount `json:"nrc,omitzero"`
		SMS     wire.Bool   `json:"sms,omitzero"`
		Created wire.Time   `json:"created_on,omitzero"`
		Deleted wire.Time   `json:"deleted_on,omitzero"`
	}
	in := `{"tn":12029822917.0,"mrc":"0.50000","nrc":0,"sms":"true","created_on":"2020-10-28T10:47:28.270Z","deleted_on":""}`

	var o order
	if err := json.Unmarshal([]byte(in), &o); err != nil {
		fmt.Println(err)
		return
	}
	out, err := json.Marshal(o)
	fmt.Println(string(out) == in, err)

	// Output:
	// true <nil>
}

func ExampleTime() {
	for _, literal := range []string{
		"2020-10-28T10:47:28.270Z", "2024-09-13T09:12:19+02:00", "2021-03-02 15:04:05.657788", "9999-01-01 00:00:00.000000", "",
	} {
		t := wire.TimeLiteral(literal)
		if known, ok := t.Known(); ok {
			fmt.Println(known.Format(time.RFC3339Nano))
		} else {
			fmt.Printf("unknown: %q\n", t.Literal())
		}
	}

	// Output:
	// 2020-10-28T10:47:28.27Z
	// 2024-09-13T07:12:19Z
	// 2021-03-02T15:04:05.657788Z
	// unknown: "9999-01-01 00:00:00.000000"
	// unknown: ""
}

func ExampleNewTime() {
	filter := struct {
		After wire.Time `url:"created_at[gt],omitempty"`
	}{
		After: wire.NewTime(time.Date(2018, 1, 1, 2, 0, 0, 0, time.FixedZone("CET", 3600))),
	}
	v, err := query.Values(filter)
	fmt.Println(v.Get("created_at[gt]"), err)

	// Output:
	// 2018-01-01T01:00:00.000000Z <nil>
}

func ExampleAmount() {
	var prices []wire.Amount
	if err := json.Unmarshal([]byte(`["1.00000", 0.5, 0, "", null]`), &prices); err != nil {
		fmt.Println(err)
		return
	}
	total := decimal.Zero
	for _, p := range prices {
		if d, ok := p.Decimal(); ok {
			total = total.Add(d)
		} else {
			fmt.Printf("%q is no price\n", p)
		}
	}
	fmt.Println(total)

	err := json.Unmarshal([]byte(`"free"`), &prices[0])
	fmt.Println(err)

	// Output:
	// "" is no price
	// "" is no price
	// 1.5
	// wire.Amount: want a decimal number, quoted or not, got "free"
}

func ExampleAmountLiteral() {
	quoted, err := wire.AmountLiteral("1.50", true)
	fmt.Println(quoted, quoted.Quoted(), err)

	_, err = wire.AmountLiteral("1,50", false)
	fmt.Println(err)

	// Output:
	// 1.50 true <nil>
	// wire.Amount: want a decimal number, quoted or not, got "1,50"
}

func ExampleNewAmount() {
	b, err := json.Marshal(wire.NewAmount(decimal.RequireFromString("1.50")))
	fmt.Println(string(b), err)

	// Output:
	// "1.50" <nil>
}

func ExampleBool() {
	var flags []wire.Bool
	err := json.Unmarshal([]byte(`[true, "false", null]`), &flags)
	for _, f := range flags {
		v, ok := f.Bool()
		fmt.Println(v, ok)
	}
	out, _ := json.Marshal(flags)
	fmt.Println(string(out), err)

	// Output:
	// true true
	// false true
	// false false
	// [true,"false",null] <nil>
}

func ExampleTN() {
	var tns []wire.TN
	err := json.Unmarshal([]byte(`[12029822917, 1.2029822917e10, "+12029822917", "text"]`), &tns)
	for _, tn := range tns {
		fmt.Printf("%q\n", tn.Digits())
	}
	out, _ := json.Marshal(tns)
	fmt.Println(string(out), err)

	// Output:
	// "12029822917"
	// "12029822917"
	// "12029822917"
	// ""
	// [12029822917,1.2029822917e10,"+12029822917","text"] <nil>
}

func ExampleTNInt() {
	b, err := json.Marshal([]wire.TN{wire.TNInt(12029822917), wire.TNString("12029822917")})
	fmt.Println(string(b), err)

	// Output:
	// [12029822917,"12029822917"] <nil>
}

func ExampleNull() {
	type patch struct {
		Name       wire.Null[string] `json:"name,omitzero"`
		Connection wire.Null[string] `json:"connection_id,omitzero"`
		Group      wire.Null[string] `json:"billing_group_id,omitzero"`
	}
	b, err := json.Marshal(patch{
		Name:       wire.NullOf(""),        // set to ""
		Connection: wire.NullNow[string](), // clear
		Group:      wire.Null[string]{},    // leave as it is
	})
	fmt.Println(string(b), err)

	// Output:
	// {"name":"","connection_id":null} <nil>
}

func ExampleSecret() {
	var user struct {
		Name     string      `json:"name"`
		Password wire.Secret `json:"password,omitzero"`
	}
	err := json.Unmarshal([]byte(`{"name":"ann","password":"hunter2"}`), &user)
	fmt.Printf("%+v %v\n", user, err)

	out, err := json.Marshal(user)
	fmt.Println(string(out), err)
	fmt.Println(user.Password.Reveal())

	// Output:
	// {Name:ann Password:[redacted]} <nil>
	// {"name":"ann","password":"[redacted]"} <nil>
	// hunter2
}

func ExampleRaw() {
	var e struct {
		Detail wire.Raw `json:"detail,omitzero"`
	}
	err := json.Unmarshal([]byte(`{"detail":{"limit":1.50,"of":[]}}`), &e)
	fmt.Println(e.Detail, err)

	out, err := json.Marshal(e)
	fmt.Println(string(out), err)

	// Output:
	// {"limit":1.50,"of":[]} <nil>
	// {"detail":{"limit":1.50,"of":[]}} <nil>
}
