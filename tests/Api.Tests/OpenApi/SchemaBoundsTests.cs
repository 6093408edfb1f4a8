using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ControlPlane;
using ControlPlane.Security;
using ControlPlane.Tenants;

namespace Api.Tests.OpenApi;

/// <summary>The document's bounds are those of the validation: bodies and queries at them, and beyond.</summary>
public sealed class SchemaBoundsTests(ApiFixture fixture)
{
    private readonly ApiApplication app = fixture.Application;

    private string OperatorToken => fixture.Realm.CreateToken(app.Time.GetUtcNow());

    [Fact]
    public async Task A_sign_up_has_the_bounds_of_its_schema() => Assert.InRange(await CheckAsync(
        "RegisterLeadCommand",
        JsonSerializer.SerializeToNode(TestData.SignUp($"{TestData.NewKey()}.com"))!.AsObject(),
        body => app.PostAsync("/leads", body)), 30, 100);

    [Fact]
    public async Task A_new_tenant_has_the_bounds_of_its_schema()
    {
        await using var isolated = fixture.StartApplication(("TENANT_KEY_MAX_LENGTH", "50"));
        var lead = await isolated.Data.CreateVerifiedLeadAsync();
        var valid = new JsonObject
        {
            ["key"] = TestData.NewKey(),
            ["domains"] = new JsonArray(lead.Domain),
            ["name"] = "A",
        };

        Assert.InRange(await CheckAsync(
            "CreateTenantCommand", valid, body => isolated.PostAsync($"/leads/{lead.Id}/tenants", body, lead.Jwt)),
            10, 100);
    }

    [Fact]
    public async Task A_subscription_has_the_bounds_of_its_schema()
    {
        var tenant = await app.Data.CreateTenantAsync();
        string token = OperatorToken;

        Assert.InRange(await CheckAsync(
            "SubscriptionFields", JsonSerializer.SerializeToNode(TestData.Subscription(tenant.Id))!.AsObject(),
            body => app.PostAsync($"/tenants/{tenant.Id}/provision", body, token)), 40, 100);
    }

    [Fact]
    public async Task A_first_password_has_the_bounds_of_its_schema() => Assert.InRange(await CheckAsync(
        "AcceptInvitationRequest",
        new JsonObject { ["token"] = "k1.x.y", ["password"] = "a first password" },
        body => app.PostAsync("/invitations/accept", body),
        // A token that is too long is as wrong as any other: 401.
        isLeftOut: body => body["token"]?.GetValue<string>().Length > MailedTokens.MaxLength), 5, 20);

    [Fact]
    public async Task A_name_is_accepted_if_it_matches_the_pattern_of_its_schema()
    {
        string pattern = Property("RegisterLeadCommand", "firstName")["pattern"]!.GetValue<string>();
        // The end of the text, as in ECMA 262: in .NET $ is also before a line feed there.
        var expected = new Regex(pattern[..^1] + @"\z");
        string[] parts =
        [
            "x", "\u00E9", "\u682A", "\U0001F680", "&", "<", ">", "'", " ", "\u00A0", "\u200B", "\u00AD", "\u2800",
            "\u3164", "\0", "\n", "\u0085", "\u2028", "\u202E", "\u2066",
        ];
        var random = new Random(9);
        for (int i = 0; i < 300; i++)
        {
            string name = string.Concat(random.GetItems(parts, random.Next(1, 4)));
            Assert.True(expected.IsMatch(name) == IsName(name), $"Pattern and validation differ: {Escape(name)}");
        }

        (await app.PostAsync("/leads", new { firstName = "<" })).AssertProblem(400, "invalid_request", "email");
    }

    [Fact]
    public async Task A_query_of_the_list_has_the_bounds_of_its_schema()
    {
        var parameters = Document()["paths"]!["/tenants"]!["get"]!["parameters"]!.AsArray();
        string token = OperatorToken;
        var samples = new List<(string Name, string Value, bool IsAccepted)>
        {
            ("limit", "1", true), ("limit", "200", true), ("limit", "0", false), ("limit", "201", false),
            ("limit", "x", false), ("limit", "1.5", false),
            ("cursor", new TenantCursor(DateTimeOffset.UnixEpoch, Guid.Empty).ToText(), true),
            ("cursor", new string('=', 32), false),
        };
        foreach (var parameter in parameters)
        {
            string name = parameter!["name"]!.GetValue<string>();
            var schema = parameter["schema"]!.AsObject();
            foreach (var known in schema["enum"]?.AsArray() ?? [])
            {
                samples.Add((name, known!.GetValue<string>(), true));
            }

            if (schema["minLength"]?.GetValue<int>() is { } min)
            {
                samples.Add((name, SchemaBounds.Text(schema, null, min - 1).GetValue<string>(), false));
            }

            if (schema["maxLength"]?.GetValue<int>() is { } max)
            {
                samples.Add((name, SchemaBounds.Text(schema, null, max + 1).GetValue<string>(), false));
                if (schema["enum"] is null && name is not ("cursor" or "tier"))
                {
                    samples.Add((name, SchemaBounds.Text(schema, null, max).GetValue<string>(), true));
                    samples.Add((name, SchemaBounds.Text(schema, null, schema["minLength"]!.GetValue<int>())
                        .GetValue<string>(), true));
                }
            }
        }

        samples.AddRange(Tiers.Select(tier => ("tier", tier, true)));
        samples.Add(("tier", "gold", false));
        samples.Add(("status", "DONE", false));
        Assert.InRange(samples.Count, 30, 100);
        foreach (var (name, value, isAccepted) in samples)
        {
            var answer = await app.GetAsync($"/tenants?{name}={Uri.EscapeDataString(value)}", token);
            Assert.True(isAccepted == ((int)answer.Status == 200), $"{name}={value}: {answer.Text}");
        }

        Assert.All(Tiers, tier => Assert.Matches(Parameter(parameters, "tier")["pattern"]!.GetValue<string>(), tier));
        Assert.Equal("integer", Parameter(parameters, "limit")["type"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_malformed_id_is_the_404_that_its_operation_lists()
    {
        string token = OperatorToken;
        int checkedOperations = 0;
        foreach (var (path, operations) in Document()["paths"]!.AsObject().Where(path => path.Key.Contains("{id}")))
        {
            foreach (var (method, operation) in operations!.AsObject())
            {
                var answer = await app.SendAsync(
                    HttpMethod.Parse(method), path.Replace("{id}", "no-uuid", StringComparison.Ordinal), token, null);
                answer.AssertProblem(404, "not_found");
                Assert.NotNull(operation!["responses"]!["404"]);
                checkedOperations++;
            }
        }

        Assert.InRange(checkedOperations, 10, 100);
    }

    private static string[] Tiers => ["enterprise", "SILO", "Standard", "pooled", "hybrid", "bridge"];

    private static JsonNode Document() =>
        JsonNode.Parse(typeof(ApiExtensions).Assembly.GetManifestResourceStream("openapi.json")!)!;

    private static JsonObject Property(string schema, string name) =>
        Document()["components"]!["schemas"]![schema]!["properties"]![name]!.AsObject();

    private static JsonObject Parameter(JsonArray parameters, string name) =>
        parameters.Single(parameter => parameter!["name"]!.GetValue<string>() == name)!["schema"]!.AsObject();

    private static bool IsName(string text)
    {
        try
        {
            return PersonName.Required(text, "firstName").Length > 0;
        }
        catch (ControlPlaneException)
        {
            return false;
        }
    }

    private static string Escape(string text) => string.Concat(text.Select(c =>
        string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}")));

    /// <summary>Sends each body. Accepted is what is not refused as invalid.</summary>
    private static async Task<int> CheckAsync(
        string schema, JsonObject valid, Func<JsonObject, Task<Answer>> sendAsync,
        Func<JsonObject, bool>? isLeftOut = null)
    {
        int count = 0;
        Assert.NotEqual(400, (int)(await sendAsync(valid)).Status);
        foreach (var body in SchemaBounds.Of(schema, valid).Where(body => isLeftOut?.Invoke(body.Body) != true))
        {
            var answer = await sendAsync(body.Body);
            Assert.True(body.IsAccepted == ((int)answer.Status != 400),
                $"{body.Field} in {body.Body.ToJsonString()}: {answer.Text}");
            if (!body.IsAccepted)
            {
                // A missing object may be refused by its first required field.
                Assert.StartsWith(body.Field, answer.GetString("field"), StringComparison.Ordinal);
            }

            count++;
        }

        return count;
    }
}
