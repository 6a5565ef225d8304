package voipbintest

import "time"

// seedNumbers are the numbers of the vendor's documentation of March 2021, newest first.
func seedNumbers() []Row {
	return []Row{
		{
			ID: "b7ee1086-fcbc-4f6f-96e5-7f9271e25279", Number: "+16062067563", CallFlowID: noID,
			Status: StatusPurchasePending, T38Enabled: true,
			Purchased: time.Date(2021, 3, 3, 6, 34, 9, 0, time.UTC),
			Created:   time.Date(2021, 3, 3, 6, 34, 9, 733751000, time.UTC),
		},
		{
			ID: "d5532488-0b2d-11eb-b18c-172ab8f2d3d8", Number: "+16195734778",
			CallFlowID: "decc2634-0b2a-11eb-b38d-87a8f1051188", Status: StatusActive,
			Created: time.Date(2020, 10, 11, 1, 0, 0, 1000, time.UTC),
		},
	}
}
