package credential_test

import (
	"testing"

	"skein/domain/credential"
	"skein/domain/domaintest"
)

func TestFacts(t *testing.T) { domaintest.Golden(t, credential.Facts) }
