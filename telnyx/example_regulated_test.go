package telnyx_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
	"github.com/tnkit/tnkit/telnyx"
	"github.com/tnkit/tnkit/telnyx/telnyxtest"
)

// Buy a German local number, from nothing to active: an address, a document, a requirement
// group with both, the order, and Telnyx's approval.
func Example_regulatedNumber() {
	srv, c := start(telnyxtest.Options{})
	defer srv.Close()
	ctx := context.Background()
	srv.SetRequirements("DE", "local",
		telnyxtest.Requirement{ID: "12ade33a-21c0-473b-b055-b3c836e1c292", Name: "Address in the area", FieldType: "address"},
		telnyxtest.Requirement{ID: "d70873cd-7c98-401a-81b6-b1ae08246995", Name: "Commercial register", FieldType: "document"},
		telnyxtest.Requirement{ID: "8ffb3622-7c6b-4ccc-b65f-7a3dc0099576", Name: "Name of the end user", FieldType: "textual"},
	)
	if err := buyRegulated(ctx, c); err != nil {
		fmt.Println(err)
	}
	// Output:
	// address "Invalidenstraße 44" is valid
	// document register.pdf is pending
	// group is unapproved, then pending-approval, then approved
	// order is complete
	// +4930555500101 is active
}

func buyRegulated(ctx context.Context, c *telnyx.Client) error {
	check, err := c.Addresses.Validate(ctx, &telnyx.ValidateAddressRequest{
		CountryCode: "DE", PostalCode: "10115", Locality: new("Berlin"), StreetAddress: "Invalidenstraße 44",
	})
	if err != nil {
		return err
	}
	fmt.Printf("address %q is %s\n", *check.Suggested.StreetAddress, check.Result)
	address, err := c.Addresses.Create(ctx, &telnyx.CreateAddressRequest{
		BusinessName: "Nordwind GmbH", CountryCode: "DE", PostalCode: new("10115"), Locality: "Berlin", StreetAddress: "Invalidenstraße 44",
	})
	if err != nil {
		return err
	}

	document, err := c.Documents.Upload(ctx, &telnyx.UploadDocumentRequest{
		File: strings.NewReader("%PDF-1.7"), Filename: "register.pdf", ContentType: "application/pdf", // an *os.File, for real
	})
	if err != nil {
		return err
	}
	fmt.Println("document", *document.Filename, "is", *document.Status)

	group, err := fulfilled(ctx, c, address.ID, document.ID)
	if err != nil {
		return err
	}

	acct, err := account.New("main", telnyx.NewOrderer(c, nil), nil)
	if err != nil {
		return err
	}
	defer acct.Close()
	bought, err := acct.Buy(ctx, numbers.OrderRequest{
		Numbers: []numbers.E164{"+4930555500101"},
		Native: &telnyx.CreateNumberOrderRequest{
			PhoneNumbers: []telnyx.CreateNumberOrderPhoneNumber{{RequirementGroupID: &group}},
		},
	}, nil)
	if err != nil {
		return err
	}
	fmt.Println("order is", bought.Orders[0].State)
	own, err := acct.Find(ctx, "+4930555500101")
	if err != nil {
		return err
	}
	fmt.Println(own.E164, "is", own.State)
	return nil
}

// fulfilled makes a requirement group with everything that a German local number requires,
// and waits for its approval.
func fulfilled(ctx context.Context, c *telnyx.Client, address telnyx.AddressID, document telnyx.DocumentID) (telnyx.RequirementGroupID, error) {
	values := map[string]string{"address_id": string(address), "document_id": string(document), "textual": "Nordwind GmbH"}
	r := &telnyx.CreateRequirementGroupRequest{CountryCode: "DE", PhoneNumberType: telnyx.TypeLocal, Action: telnyx.ActionOrdering}
	required, err := c.RegulatoryRequirements.List(ctx, &telnyx.ListRegulatoryRequirementsRequest{
		Filter: telnyx.RegulatoryRequirementsFilter{CountryCode: "DE", PhoneNumberType: telnyx.TypeLocal, Action: telnyx.ActionOrdering},
	})
	if err != nil {
		return "", err
	}
	for _, one := range required[0].RegulatoryRequirements {
		r.RegulatoryRequirements = append(r.RegulatoryRequirements, telnyx.RequirementValue{RequirementID: *one.ID, FieldValue: values[*one.FieldType]})
	}
	group, err := c.RequirementGroups.Create(ctx, r)
	if err != nil {
		return "", err
	}
	submitted, err := c.RequirementGroups.SubmitForApproval(ctx, group.ID)
	if err != nil {
		return "", err
	}
	approved, err := c.RequirementGroups.Get(ctx, group.ID) // poll it, for real: an approval takes days
	if err != nil {
		return "", err
	}
	fmt.Printf("group is %s, then %s, then %s\n", *group.Status, *submitted.Status, *approved.Status)
	return group.ID, nil
}
