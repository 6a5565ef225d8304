package api

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestClassString(t *testing.T) {
	assert.Equal(t, "buy write read", fmt.Sprint(Buy, Write, Read))
	assert.Equal(t, Buy, Class(0), "who forgets it is on the safe side")
}
