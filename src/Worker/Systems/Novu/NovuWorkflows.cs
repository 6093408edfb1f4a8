using System.Net;

namespace Worker.Systems.Novu;

/// <summary>
/// Creates Novu's workflows, with one email step each. An existing workflow stays unchanged, since people edit it in
/// Novu.
/// </summary>
public sealed class NovuWorkflows(INovuApi novu, NovuOptions options)
{
    /// <returns>The ids of the workflows that this call created.</returns>
    public async Task<IReadOnlyList<string>> EnsureAsync(CancellationToken cancellationToken)
    {
        var created = new List<string>();
        foreach (var workflow in Definitions())
        {
            if (!await ExistsAsync(workflow.WorkflowId, cancellationToken))
            {
                await novu.CreateWorkflowAsync(workflow, cancellationToken);
                created.Add(workflow.WorkflowId);
            }
        }

        return created;
    }

    private async Task<bool> ExistsAsync(string id, CancellationToken cancellationToken)
    {
        try
        {
            await novu.GetWorkflowAsync(id, cancellationToken);
            return true;
        }
        catch (OutsideSystemException e) when (e.Status == HttpStatusCode.NotFound)
        {
            return false;
        }
    }

    private NovuWorkflow[] Definitions() =>
    [
        Mail(options.LeadVerificationTemplate, "Lead verification", "Please confirm your address",
            """
            <p>Hello,</p>
            <p>please confirm your address: <a href="{{payload.verifyUrl}}">continue the sign-up</a>.
            The link is valid for 30 minutes.</p>
            <p>If it was not you, ignore this mail. Questions: {{payload.supportEmail | escape}}</p>
            """),
        Mail(options.WelcomeTemplate, "Tenant welcome", "{{payload.tenantName}} is ready",
            """
            <p>Hello {{payload.firstName | escape}} {{payload.lastName | escape}},</p>
            <p>{{payload.tenantName | escape}} is ready: <a href="{{payload.appPlaneUrl}}">the application</a>,
            <a href="{{payload.adminPortalUrl}}">the administration</a>.</p>
            <p><a href="{{payload.loginUrl}}">Choose your password</a>.
            """
            + " The link works once and is valid for 72 hours.</p>\n"
            + "<p>Questions: {{payload.supportEmail | escape}}</p>"),
        Mail(options.ProvisioningFailedTemplate, "Tenant provisioning failed",
            "{{payload.tenantName}} could not be set up",
            """
            <p>Hello {{payload.firstName | escape}},</p>
            <p>setting up {{payload.tenantName | escape}} did not succeed ({{payload.failedStep | escape}}):
            """
            + " {{payload.error | escape}}\n"
            + "We are looking into it. Questions: {{payload.supportEmail | escape}}</p>"),
    ];

    private static NovuWorkflow Mail(string id, string name, string subject, string body) => new(
        id,
        name,
        Active: true,
        [
            new("email", "Email",
                new Dictionary<string, string> { ["subject"] = subject, ["body"] = body, ["editorType"] = "html" }),
        ],
        ["control-plane"]);
}
