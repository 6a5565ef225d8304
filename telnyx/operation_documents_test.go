package telnyx_test

import (
	"context"
	"io"
	"mime"
	"mime/multipart"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/internal/vendortest"
	"github.com/tnkit/tnkit/telnyx"
)

// pdf is what is uploaded.
const pdf = "%PDF-1.7 nothing to see"

func addressOperations() []operation {
	const id, path = telnyx.AddressID("1315261609962112020"), "/addresses/1315261609962112020"
	return []operation{
		{
			Name: "Addresses.List", Request: "GET /addresses", Answer: "addresses.list.response.json", Result: vendortest.Nth(0),
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) { return c.Addresses.List(ctx, nil) },
		},
		{
			Name: "Addresses.All", Op: "Addresses.List", Request: "GET /addresses?page%5Bnumber%5D=1&page%5Bsize%5D=250", Answer: "addresses.list.response.json",
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return vendortest.Collect(c.Addresses.All(ctx, nil))
			},
		},
		{
			Name: "Addresses.Create", Class: vendortest.Buy, Request: "POST /addresses",
			Body: "addresses.create.request.json", Answer: "addresses.create.response.json",
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) { return c.Addresses.Create(ctx, office()) },
		},
		{
			Name: "Addresses.Get", Request: "GET " + path, Answer: "addresses.get.response.json",
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) { return c.Addresses.Get(ctx, id) },
		},
		{
			Name: "Addresses.Delete", Class: vendortest.Write, Request: "DELETE " + path, Answer: "addresses.delete.response.json",
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) { return c.Addresses.Delete(ctx, id) },
		},
		{
			Name: "Addresses.Validate", Request: "POST /addresses/actions/validate", Needs: []string{"data.result"},
			Body: "addresses.validate.request.json", Answer: "addresses.validate.response.json",
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return c.Addresses.Validate(ctx, &telnyx.ValidateAddressRequest{
					AdministrativeArea: new("BE"), CountryCode: "DE", ExtendedAddress: new("3. OG"), Locality: new("Berlin"),
					PostalCode: "10115", StreetAddress: "Invalidenstraße 44",
				})
			},
		},
		{
			Name: "Addresses.AcceptSuggestions", Class: vendortest.Write, Request: "POST " + path + "/actions/accept_suggestions",
			Body: "addresses.accept_suggestions.request.json", Answer: "addresses.accept_suggestions.response.json",
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return c.Addresses.AcceptSuggestions(ctx, id, &telnyx.AcceptAddressSuggestionsRequest{ID: new(id)})
			},
		},
	}
}

// office is an address with every field.
func office() *telnyx.CreateAddressRequest {
	return &telnyx.CreateAddressRequest{
		AddressBook: new(false), AdministrativeArea: new("BE"), Borough: new("Mitte"), BusinessName: "Nordwind GmbH", CountryCode: "DE",
		CustomerReference: new("OFFICE 7"), ExtendedAddress: new("3. OG"), FirstName: "Ada", LastName: "Kühn", Locality: "Berlin",
		Neighborhood: new("Scheunenviertel"), PhoneNumber: new("+493055550100"), PostalCode: new("10115"), StreetAddress: "Invalidenstraße 44",
		ValidateAddress: new(true),
	}
}

func documentOperations() []operation {
	const id, path = telnyx.DocumentID(document), "/documents/" + document
	return []operation{
		{
			Name: "Documents.List", Request: "GET /documents", Answer: "documents.list.response.json", Result: vendortest.Nth(0),
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) { return c.Documents.List(ctx, nil) },
		},
		{
			Name: "Documents.All", Op: "Documents.List", Request: "GET /documents?page%5Bnumber%5D=1&page%5Bsize%5D=250", Answer: "documents.list.response.json",
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return vendortest.Collect(c.Documents.All(ctx, nil))
			},
		},
		{
			Name: "Documents.Upload", Class: vendortest.Buy, Request: "POST /documents", Answer: "documents.upload.response.json",
			Sent: func(tb testing.TB, r vendortest.Request) {
				tb.Helper()
				fields, name, kind, content := parts(tb, r)
				assert.Equal(tb, map[string]string{"customer_reference": "OFFICE 7"}, fields)
				assert.Equal(tb, []string{"register.pdf", "application/pdf", pdf}, []string{name, kind, content})
			},
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return c.Documents.Upload(ctx, &telnyx.UploadDocumentRequest{
					CustomerReference: new("OFFICE 7"), File: strings.NewReader(pdf), Filename: "register.pdf", ContentType: "application/pdf",
				})
			},
		},
		{
			Name: "Documents.UploadJSON", Class: vendortest.Buy, Request: "POST /documents",
			Body: "documents.upload_json.request.json", Answer: "documents.upload_json.response.json",
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return c.Documents.UploadJSON(ctx, &telnyx.UploadDocumentJSONRequest{
					CustomerReference: new("OFFICE 7"), Filename: new("register.pdf"), URL: new("https://files.example.com/register.pdf"),
				})
			},
		},
		{
			Name: "Documents.UploadJSON", Class: vendortest.Buy, Request: "POST /documents",
			Body: "documents.upload_json.file.request.json", Answer: "documents.upload_json.response.json",
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return c.Documents.UploadJSON(ctx, &telnyx.UploadDocumentJSONRequest{File: []byte("%PDF-1.7"), Filename: new("register.pdf")})
			},
		},
		{
			Name: "Documents.Get", Request: "GET " + path, Answer: "documents.get.response.json",
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) { return c.Documents.Get(ctx, id) },
		},
		{
			Name: "Documents.Update", Class: vendortest.Write, Request: "PATCH " + path,
			Body: "documents.update.request.json", Answer: "documents.update.response.json",
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return c.Documents.Update(ctx, id, &telnyx.UpdateDocumentRequest{CustomerReference: new("OFFICE 8"), Filename: new("register-2024.pdf")})
			},
		},
		{
			Name: "Documents.Delete", Class: vendortest.Write, Request: "DELETE " + path, Answer: "documents.delete.response.json",
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) { return c.Documents.Delete(ctx, id) },
		},
		{
			Name: "Documents.Download", Request: "GET " + path + "/download", Accept: "*/*", Answer: "documents.download.response.pdf", Download: true,
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				d, err := c.Documents.Download(ctx, id)
				if err != nil {
					return nil, err
				}
				defer d.Body.Close()
				content, err := io.ReadAll(d.Body)
				return string(content), err
			},
		},
		{
			Name: "Documents.DownloadLink", Request: "GET " + path + "/download_link", Answer: "documents.download_link.response.json",
			Needs: []string{"data.url"}, Result: redacted("url"),
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) { return c.Documents.DownloadLink(ctx, id) },
		},
	}
}

// redacted is the data of the answer, in which a member is a secret.
func redacted(member string) vendortest.Result {
	return func(tb testing.TB, answers []string) any {
		tb.Helper()
		object, ok := data(tb, answers).(map[string]any)
		require.True(tb, ok)
		object[member] = "[redacted]"
		return object
	}
}

// parts reads a body of several parts: the fields, and the name, the type and the content of the file.
func parts(tb testing.TB, r vendortest.Request) (fields map[string]string, name, kind, content string) {
	tb.Helper()
	media, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	require.NoError(tb, err)
	require.Equal(tb, "multipart/form-data", media)
	fields = map[string]string{}
	for reader := multipart.NewReader(strings.NewReader(r.Body), params["boundary"]); ; {
		part, err := reader.NextPart()
		if err == io.EOF { //nolint:errorlint // a wrapped EOF is a body that breaks off
			return fields, name, kind, content
		}
		require.NoError(tb, err)
		text, err := io.ReadAll(part)
		require.NoError(tb, err)
		if part.FormName() == "file" {
			name, kind, content = part.FileName(), part.Header.Get("Content-Type"), string(text)
			continue
		}
		fields[part.FormName()] = string(text)
	}
}

func requirementOperations() []operation {
	const id, path = "6a09cdc3-8948-47f0-aa62-74ac943d6c58", "/requirements/6a09cdc3-8948-47f0-aa62-74ac943d6c58"
	const typeID = "d70873cd-7c98-401a-81b6-b1ae08246995"
	return []operation{
		{
			Name: "Requirements.List", Request: "GET /requirements", Answer: "requirements.list.response.json", Result: vendortest.Nth(0),
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) { return c.Requirements.List(ctx, nil) },
		},
		{
			Name: "Requirements.All", Op: "Requirements.List", Request: "GET /requirements?page%5Bnumber%5D=1&page%5Bsize%5D=250", Answer: "requirements.list.response.json",
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return vendortest.Collect(c.Requirements.All(ctx, nil))
			},
		},
		{
			Name: "Requirements.Get", Request: "GET " + path + "?version=1", Answer: "requirements.get.response.json",
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return c.Requirements.Get(ctx, id, &telnyx.GetRequirementRequest{Version: new(1)})
			},
		},
		{
			Name: "RequirementTypes.List", Request: "GET /requirement_types", Answer: "requirement_types.list.response.json", Result: vendortest.Nth(0),
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) { return c.RequirementTypes.List(ctx, nil) },
		},
		{
			Name: "RequirementTypes.All", Op: "RequirementTypes.List", Request: "GET /requirement_types", Answer: "requirement_types.list.response.json",
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return vendortest.Collect(c.RequirementTypes.All(ctx, nil))
			},
		},
		{
			Name: "RequirementTypes.Get", Request: "GET /requirement_types/" + typeID, Answer: "requirement_types.get.response.json",
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) { return c.RequirementTypes.Get(ctx, typeID) },
		},
	}
}
