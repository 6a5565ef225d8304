package wire_test

import (
	"net/url"
	"testing"
	"time"

	"github.com/google/go-querystring/query"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers/wire"
)

// filter is a query as the clients declare it: nested, and with every type that a query can hold. The fields of Plain show
// that nothing depends on omitempty.
type filter struct {
	CreatedAt struct {
		GT wire.Time `url:"gt,omitempty"`
		LT wire.Time `url:"lt,omitempty"`
	} `url:"created_at"`
	Price  wire.Amount       `url:"price,omitempty"`
	Met    wire.Bool         `url:"met,omitempty"`
	TN     wire.TN           `url:"tn,omitempty"`
	Status wire.Null[string] `url:"status,omitempty"`
	Raw    wire.Raw          `url:"raw,omitempty"`
	Token  wire.Secret       `url:"token,omitempty"`
	Plain  struct {
		Time   wire.Time
		Amount wire.Amount
		Bool   wire.Bool
		TN     wire.TN
		Null   wire.Null[int]
		Raw    wire.Raw
		Secret wire.Secret
	} `url:"plain"`
}

func TestQueryOfNothing(t *testing.T) {
	got, err := query.Values(filter{})
	require.NoError(t, err)
	assert.Empty(t, got)
}

func TestQuery(t *testing.T) {
	var f filter
	f.CreatedAt.GT = wire.NewTime(time.Date(2018, 1, 1, 0, 0, 0, 123456789, time.UTC))
	f.CreatedAt.LT = wire.TimeLiteral("2018-01-02 00:00:00.100")
	f.Price = mustDecode[wire.Amount](t, `"1.00000"`)
	f.Met = wire.NewBool(false)
	f.TN = wire.TNString("+12029822917")
	f.Status = wire.NullOf("")
	f.Raw = wire.Raw(`{"a":1}`)
	f.Plain.Time = wire.TimeLiteral("")
	f.Plain.Amount = mustDecode[wire.Amount](t, `0.0`)
	f.Plain.Bool = mustDecode[wire.Bool](t, `"true"`)
	f.Plain.TN = wire.TNInt(0)
	f.Plain.Null = wire.NullOf(0)
	f.Plain.Raw = wire.Raw(`""`)

	got, err := query.Values(f)
	require.NoError(t, err)
	assert.Equal(t, "created_at%5Bgt%5D=2018-01-01T00%3A00%3A00.123456Z&created_at%5Blt%5D=2018-01-02+00%3A00%3A00.100"+
		"&met=false&plain%5BAmount%5D=0.0&plain%5BBool%5D=true&plain%5BNull%5D=0&plain%5BRaw%5D=%22%22&plain%5BTN%5D=0&plain%5BTime%5D="+
		"&price=1.00000&raw=%7B%22a%22%3A1%7D&status=&tn=%2B12029822917", got.Encode())
}

func TestQueryRefusesSecrets(t *testing.T) {
	var f filter
	f.Token = wire.NewSecret("hunter2")
	got, err := query.Values(f)
	require.EqualError(t, err, "wire.Secret: a secret must not be in a query: token")
	assert.NotContains(t, got.Encode(), "hunter2")
}

// A nil map is what `var v url.Values` is.
func TestEncodeValuesIntoNil(t *testing.T) {
	var v url.Values
	require.NoError(t, wire.NewBool(true).EncodeValues("a", &v))
	require.NoError(t, wire.NewBool(false).EncodeValues("a", &v))
	assert.Equal(t, url.Values{"a": {"true", "false"}}, v)
}
