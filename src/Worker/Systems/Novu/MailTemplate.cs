using System.Security.Cryptography;
using System.Text;

namespace Worker.Systems.Novu;

/// <summary>
/// A mail as a Novu workflow: subject and HTML in Liquid. A worker of an earlier version sends fewer variables, so each
/// new one has a default or a condition. Text that people typed is escaped, also where a rule forbids markup in it.
/// </summary>
internal sealed record MailTemplate(string Name, string Subject, string Body)
{
    // SHA-256 of subject, line feed and body, as earlier versions of this program wrote them. `setup` replaces them.
    private static readonly string[] Earlier =
    [
        "2677ed0247bf9a0876f5ff5f4617c852967230b373a80cb253be22f0c2ac4cd5",
        "6941dc7741f2fedbd21e72f31822706660b42d946f3e30e4679c6147ffa3b2c0",
        "928e65c4f6a7d5c8683ae4d2af865ea5c8303ed8a3656916cac5e217ab526295",
        "d902e7c13a4f278b363d46a0850402da2f0973a6396084e59e585a25bf9c1775",
    ];

    private const string Sender = "{{payload.brandName | default: 'The support team' | escape}}";

    private const string Button =
        "style=\"display:inline-block;padding:12px 20px;border-radius:6px;background:#0b5394;color:#ffffff;"
        + "font-weight:600;text-decoration:none\"";

    private const string Code =
        "style=\"display:block;margin-top:4px;padding:8px 12px;border:1px solid #8c959f;border-radius:6px;"
        + "font-family:monospace;font-size:14px\"";

    /// <summary>To an address that is not proven: it shows no text that was typed at sign-up.</summary>
    public static MailTemplate LeadVerification { get; } = new(
        "Lead verification",
        "Please confirm your address",
        Page(
            $$$"""
            <p>Hello,</p>
            <p>{{{Sender}}} writes to you because someone signed up with this address. If it was you, confirm it:</p>
            <p><a href="{{payload.verifyUrl}}" {{{Button}}}>Confirm my address</a></p>
            <p>The link is valid for 30 minutes.</p>
            {{{PasteHint}}}
            <p>If it was not you, ignore this mail: nothing happens without the confirmation.</p>
            """));

    /// <summary>To the admin user of an ACTIVE tenant. Without Keycloak there is no login to write about.</summary>
    public static MailTemplate Welcome { get; } = new(
        "Tenant welcome",
        "{{payload.tenantName}} is ready",
        Page(
            $$$"""
            <p>Hello {{payload.firstName | escape}} {{payload.lastName | escape}},</p>
            <p>{{{Sender}}} writes to you because you ordered a workspace for {{payload.tenantName | escape}}.
            It is ready.</p>
            {% if payload.loginName != blank %}
            <p><strong>First, choose your password.</strong>
            Your login name is <strong>{{payload.loginName | escape}}</strong>.</p>
            <p><a href="{{payload.loginUrl}}" {{{Button}}}>Choose your password</a></p>
            <p>The link works once and is valid for 72 hours.</p>
            {{{PasteHint}}}
            <p><strong>Then log in</strong> to <a href="{{payload.appPlaneUrl}}">your application</a> with this name
            and password.</p>
            <p>Later, you manage your colleagues' accounts and how they log in on
            <a href="{{payload.adminPortalUrl}}">the page for user administration</a>. Your login is the same there.</p>
            {% else %}
            <p>This is <a href="{{payload.appPlaneUrl}}">your application</a>.</p>
            {% endif %}
            """));

    public static MailTemplate ProvisioningFailed { get; } = new(
        "Tenant provisioning failed",
        "{{payload.tenantName}} could not be set up",
        Page(
            $$$"""
            <p>Hello {{payload.firstName | escape}},</p>
            <p>{{{Sender}}} writes to you because you ordered a workspace for {{payload.tenantName | escape}}.
            It could not be set up. {{payload.reason | default: 'Something unexpected went wrong.' | escape}}</p>
            <p>{{payload.advice | default: 'You do not have to do anything: we look into it.' | escape}}</p>
            """));

    // A worker of an earlier version sends no code.
    private const string PasteHint =
        """
        {% if payload.code != blank %}
        <p>If the link does not open, or its page asks for a code: open {{payload.pageUrl | escape}} and paste this
        code:
        """
        + " <span " + Code + ">{{payload.code | escape}}</span></p>\n{% endif %}";

    /// <summary>Whether a subject and body are an unedited template of this or an earlier version.</summary>
    public static bool IsEarlier(string subject, string body) => Earlier.Contains(
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{subject}\n{body}"))));

    /// <summary>The controls of the workflow's email step.</summary>
    public IReadOnlyDictionary<string, string> Controls => new Dictionary<string, string>
    {
        ["subject"] = Subject,
        ["body"] = Body,
        ["editorType"] = "html",
    };

    // Colours of text and background are the mail program's own, light or dark.
    private static string Page(string content) =>
        $$$"""
        <div style="max-width:576px;margin:0 auto;padding:16px;font:16px/1.5 Arial,sans-serif;overflow-wrap:anywhere">
        {% if payload.brandLogoUrl != blank %}
        <p><img src="{{payload.brandLogoUrl | escape}}" alt="{{payload.brandName | escape}}" height="40"></p>
        {% endif %}
        {{{content}}}
        {% if payload.supportEmail != blank %}
        <p>Questions? Write to
        <a href="mailto:{{payload.supportEmail | escape}}">{{payload.supportEmail | escape}}</a>.</p>
        {% endif %}
        </div>
        """;
}
