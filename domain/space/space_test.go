package space_test

import (
	"testing"

	"skein/domain/domaintest"
	"skein/domain/space"
)

func TestFacts(t *testing.T) { domaintest.Golden(t, space.Facts) }
