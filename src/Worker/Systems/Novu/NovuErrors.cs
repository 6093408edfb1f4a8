using System.Net;
using ControlPlane;

namespace Worker.Systems.Novu;

/// <summary>The classes of Novu's errors.</summary>
public static class NovuErrors
{
    /// <summary>402 is an exhausted plan: the state of the account, not of the mail.</summary>
    public static HttpErrors Table { get; } = new(
        NovuMail.System,
        (status, _) => status == HttpStatusCode.PaymentRequired
            ? ErrorClass.Connection
            : HttpErrors.ClassifyStatus(status),
        status => status == HttpStatusCode.Unauthorized);
}
