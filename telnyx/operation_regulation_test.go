package telnyx_test

import (
	"context"

	"github.com/tnkit/tnkit/internal/vendortest"
	"github.com/tnkit/tnkit/telnyx"
)

func requirementGroupOperations() []operation {
	const path = "/requirement_groups/" + string(groupID)
	return []operation{
		{
			Name: "RequirementGroups.List", Request: "GET /requirement_groups", Answer: "requirement_groups.list.response.json", Result: vendortest.Nth(0),
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) { return c.RequirementGroups.List(ctx, nil) },
		},
		{
			Name: "RequirementGroups.Create", Class: vendortest.Buy, Request: "POST /requirement_groups",
			Body: "requirement_groups.create.request.json", Answer: "requirement_groups.create.response.json", Result: vendortest.Nth(0),
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return c.RequirementGroups.Create(ctx, &telnyx.CreateRequirementGroupRequest{
					CountryCode: "CH", PhoneNumberType: telnyx.TypeLocal, Action: telnyx.ActionOrdering, CustomerReference: new("SWISS"),
					RegulatoryRequirements: []telnyx.RequirementValue{{RequirementID: requirementID, FieldValue: document}},
				})
			},
		},
		{
			Name: "RequirementGroups.Get", Request: "GET " + path, Answer: "requirement_groups.get.response.json", Result: vendortest.Nth(0),
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) { return c.RequirementGroups.Get(ctx, groupID) },
		},
		{
			Name: "RequirementGroups.Update", Class: vendortest.Write, Request: "PATCH " + path,
			Body: "requirement_groups.update.request.json", Answer: "requirement_groups.update.response.json", Result: vendortest.Nth(0),
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return c.RequirementGroups.Update(ctx, groupID, &telnyx.UpdateRequirementGroupRequest{
					CustomerReference:      new("SWISS 2"),
					RegulatoryRequirements: []telnyx.RequirementValue{{RequirementID: requirementID, FieldValue: ""}},
				})
			},
		},
		{
			Name: "RequirementGroups.Delete", Class: vendortest.Write, Request: "DELETE " + path, Answer: "requirement_groups.delete.response.json", Result: vendortest.Nth(0),
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return c.RequirementGroups.Delete(ctx, groupID)
			},
		},
		{
			Name: "RequirementGroups.SubmitForApproval", Class: vendortest.Write, Request: "POST " + path + "/submit_for_approval",
			Answer: "requirement_groups.submit.response.json", Result: vendortest.Nth(0),
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return c.RequirementGroups.SubmitForApproval(ctx, groupID)
			},
		},
	}
}

func regulatoryRequirementOperations() []operation {
	return []operation{
		{
			Name: "RegulatoryRequirements.List", Request: "GET /regulatory_requirements", Answer: "regulatory_requirements.list.response.json",
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return c.RegulatoryRequirements.List(ctx, nil)
			},
		},
		{
			Name: "RegulatoryRequirements.GetForNumbers", Answer: "phone_numbers_regulatory_requirements.response.json", Result: vendortest.Nth(0),
			Request: "GET /phone_numbers_regulatory_requirements?filter%5Bphone_number%5D=%2B41215470622%2C%2B41215470633",
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return c.RegulatoryRequirements.GetForNumbers(ctx, "+41215470622", "+41215470633")
			},
		},
	}
}

func commentOperations() []operation {
	const id = "8192a3b4-c5d6-4e7f-8091-a2b3c4d5e6f7"
	return []operation{
		{
			Name: "Comments.List", Request: "GET /comments", Answer: "comments.list.response.json", Result: vendortest.Nth(0),
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) { return c.Comments.List(ctx, nil) },
		},
		{
			Name: "Comments.All", Op: "Comments.List", Request: "GET /comments?page%5Bnumber%5D=1&page%5Bsize%5D=250",
			Answer: "comments.list.response.json",
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return vendortest.Collect(c.Comments.All(ctx, nil))
			},
		},
		{
			Name: "Comments.Create", Class: vendortest.Buy, Request: "POST /comments",
			Body: "comments.create.request.json", Answer: "comments.create.response.json",
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return c.Comments.Create(ctx, &telnyx.CreateCommentRequest{
					CommentRecordType: telnyx.CommentOnSubNumberOrder, CommentRecordID: string(subOrderID), Body: "Here is another one.",
				})
			},
		},
		{
			Name: "Comments.Get", Request: "GET /comments/" + id, Answer: "comments.get.response.json",
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) { return c.Comments.Get(ctx, id) },
		},
		{
			Name: "Comments.MarkRead", Class: vendortest.Write, Request: "PATCH /comments/" + id + "/read", Answer: "comments.read.response.json",
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) { return c.Comments.MarkRead(ctx, id) },
		},
	}
}
