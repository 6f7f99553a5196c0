package likeness

import "math"

// weights are those of the outcomes of comparing an attribute, in bits.
var weights = map[Attribute]map[How]float64{
	// One in 120 has the first name of somebody else, one in 400 their last name; as
	// many again have one that is spelled much like it. Names swapped are a slip of one
	// record in a hundred.
	FirstName: {Same: bits(.80, 1./120), Alike: bits(.14, 1./80), Swapped: bits(.01, 1./80), Different: bits(.06, .98)},
	LastName:  {Same: bits(.82, 1./400), Alike: bits(.11, 1./200), Swapped: bits(.99, 1./200), Different: bits(.07, .99)},

	// There are some 25,500 birthdays, and 30 of them are one digit or a swap of day
	// and month away from another.
	DateOfBirth: {Same: bits(.88, 1./25_500), Alike: bits(.08, 30./25_500), Different: bits(.04, .999)},

	// People move: one record in four is of an earlier address.
	Street: {Same: bits(.60, 1./20_000), Alike: bits(.15, 1./1_000), Different: bits(.25, .999)},
	Place:  {Same: bits(.60, 1./200), Alike: bits(.20, 1./100), Different: bits(.20, .985)},

	// People have several numbers and addresses, so others say little.
	Phone:   {Same: bits(.50, 1./200_000), Alike: bits(.10, 1./50_000), Different: bits(.40, 1)},
	Email:   {Same: bits(.50, 1./200_000), Alike: bits(.10, 1./2_000), Different: bits(.40, 1)},
	Channel: {Same: bits(.50, 1./200_000), Different: bits(.50, 1)},

	// Numbers that authorities or the customer's own systems give to one person.
	ExternalID: {Same: bits(.80, 1./1_000_000), Different: bits(.20, 1)},
	Number:     {Same: bits(.90, 1./1_000_000), Alike: bits(.06, 1./50_000), Different: bits(.04, 1)},
}

// bits is the weight of what comes about with chance m between records of one person,
// and with chance u between those of two.
func bits(m, u float64) float64 { return math.Log2(m / u) }
