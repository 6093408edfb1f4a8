namespace Functions.Http;

/// <summary>
/// No body above 64 KiB, refused with 413. The server's own limit would close the connection on a caller that is still
/// sending, which then reads of a broken pipe instead of our answer; so that limit stays far above (30 MB by default),
/// and what lies between the two is answered first, then read away.
/// </summary>
public static class BodyLimitExtensions
{
    private const int MaxBytes = 64 * 1024;

    public static void UseBodyLimit(this WebApplication app) => app.Use(async (context, next) =>
    {
        if (context.Request.ContentLength > MaxBytes
            || (context.Request.ContentLength is null && await IsLongAsync(context)))
        {
            throw new BadHttpRequestException("Request body too large.", StatusCodes.Status413PayloadTooLarge);
        }

        await next(context);
    });

    // Examined, not consumed: the handler reads the body from its beginning.
    private static async Task<bool> IsLongAsync(HttpContext context)
    {
        var body = context.Request.BodyReader;
        while (true)
        {
            var read = await body.ReadAsync(context.RequestAborted);
            bool isLong = read.Buffer.Length > MaxBytes;
            if (isLong || read.IsCompleted)
            {
                body.AdvanceTo(read.Buffer.Start);
                return isLong;
            }

            body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }
}
