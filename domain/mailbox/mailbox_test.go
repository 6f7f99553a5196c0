package mailbox_test

import (
	"testing"

	"skein/domain/domaintest"
	"skein/domain/mailbox"
)

func TestFacts(t *testing.T) { domaintest.Golden(t, mailbox.Facts) }
