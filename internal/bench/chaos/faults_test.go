package main

import (
	"math/rand/v2"
	"net/http"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers/numberstest"
)

// No fault after a commit may be an answer that means "definitely not": only a
// vendor that says so itself may lie like that.
func TestFaultsAreHonest(t *testing.T) {
	proveNothing := []int{http.StatusRequestTimeout, http.StatusConflict, http.StatusTooEarly}
	for _, f := range committedFaults() {
		require.NoError(t, f.Validate())
		assert.True(t, f.Commits(), "%+v", f)
		if f.Status >= 400 && f.Status < 500 {
			assert.Contains(t, proveNothing, f.Status)
		}
	}
	for _, s := range subjects() {
		for _, f := range s.lostFaults() {
			require.NoError(t, f.Validate())
			assert.False(t, f.Commits(), "%s: %+v", s.name, f)
		}
		for _, f := range s.lies {
			require.NoError(t, f.Validate())
		}
	}
}

func TestAThirdOfTheOrdersIsFaulted(t *testing.T) {
	for _, s := range subjects() {
		p := plan{subject: s, numbers: 3000}
		list := p.orderFaults(rand.New(rand.NewPCG(1, 2)))
		assert.Greater(t, 3*len(list), p.numbers/s.most)
		committed := 0
		for i, f := range list {
			if f.Commits() {
				committed++
			}
			assert.GreaterOrEqual(t, 2*committed, i, "%s: at least half of them after the commit, at any time", s.name)
		}
	}
}

// Every kind that the fakes know is used.
func TestEveryKindOfFaultIsUsed(t *testing.T) {
	used := make(map[numberstest.FaultKind]bool)
	for _, s := range subjects() {
		p := plan{subject: s, numbers: 3000}
		dice := rand.New(rand.NewPCG(1, 2))
		for _, f := range slices.Concat(p.orderFaults(dice), p.oddFaults(dice)) {
			used[f.Kind] = true
		}
		for _, kind := range numberstest.TransportFaults() {
			assert.True(t, used[kind], "%s: %s", s.name, kind)
		}
	}
	for _, kind := range numberstest.SemanticFaults() {
		assert.True(t, used[kind], kind)
	}
}
