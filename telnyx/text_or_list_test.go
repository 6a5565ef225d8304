package telnyx_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/internal/vendortest"
	"github.com/tnkit/tnkit/telnyx"
)

func TestTextOrListIsWrittenAsItWasRead(t *testing.T) {
	for text, want := range map[string]telnyx.TextOrList{
		`null`:      {},
		`""`:        telnyx.NewText(""),
		`"a"`:       telnyx.NewText("a"),
		`[]`:        telnyx.NewTextList(),
		`["a"]`:     telnyx.NewTextList("a"),
		`["a","b"]`: telnyx.NewTextList("a", "b"),
	} {
		got := telnyx.NewText("before")
		require.NoError(t, json.Unmarshal([]byte(text), &got), text)
		assert.Equal(t, want, got, text)
		assert.Equal(t, text, vendortest.Encode(t, got))
		assert.Equal(t, text == "null", got.IsZero(), text)
	}
	assert.Equal(t, "a", telnyx.NewTextList("a", "b").First())
	assert.Equal(t, "a", telnyx.NewText("a").First())
	assert.Empty(t, telnyx.TextOrList{}.First())
	assert.Equal(t, []string{"a"}, telnyx.NewText("a").Values())
	for _, text := range []string{`1`, `{}`, `[1]`, `true`} {
		assert.Error(t, json.Unmarshal([]byte(text), new(telnyx.TextOrList)), text)
	}
}
