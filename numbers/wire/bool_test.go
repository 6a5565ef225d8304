package wire_test

import (
	"testing"
	"unsafe"

	"github.com/stretchr/testify/assert"

	"github.com/tnkit/tnkit/numbers/wire"
)

func TestBoolKeepsLiteral(t *testing.T) {
	tests := []struct {
		literal       string
		value, quoted bool
	}{
		{`true`, true, false}, {`false`, false, false}, {`"true"`, true, true}, {`"false"`, false, true},
	}
	for _, tt := range tests {
		t.Run(tt.literal, func(t *testing.T) {
			b := assertKept[wire.Bool](t, tt.literal)
			v, ok := b.Bool()
			assert.True(t, ok)
			assert.Equal(t, tt.value, v)
			assert.Equal(t, tt.quoted, b.Quoted())
			if tt.value {
				assert.Equal(t, "true", b.String())
			} else {
				assert.Equal(t, "false", b.String())
			}
			assert.Equal(t, !tt.quoted, b == wire.NewBool(tt.value))
		})
	}
}

func TestBoolAbsent(t *testing.T) {
	v, ok := wire.Bool{}.Bool()
	assert.False(t, v)
	assert.False(t, ok)
	assert.Empty(t, wire.Bool{}.String())
	assert.EqualValues(t, 1, unsafe.Sizeof(wire.Bool{}))
}

func TestBoolRefuses(t *testing.T) {
	for _, literal := range []string{
		`""`, `"True"`, `"TRUE"`, `"1"`, `"0"`, `"yes"`, `"null"`, `" true"`, `"tru\u0065"`, `0`, `1`, `[]`, `[true]`, `{}`,
	} {
		t.Run(literal, func(t *testing.T) { assertRefused[wire.Bool](t, literal, "Bool") })
	}
}
