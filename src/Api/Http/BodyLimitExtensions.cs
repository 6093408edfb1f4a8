using System.Buffers;
using System.IO.Pipelines;

namespace Api.Http;

/// <summary>
/// Refuses bodies above 64 KiB with 413. Kestrel's own limit would close the connection while the caller is still
/// sending, so the caller would see a broken pipe instead of the answer. That limit therefore stays far above ours
/// (30 MB by default): Kestrel drains a body between the two limits after the answer.
/// </summary>
public static class BodyLimitExtensions
{
    private const int MaxBytes = 64 * 1024;

    public static void UseBodyLimit(this IApplicationBuilder app) => app.Use(async (context, next) =>
    {
        if (context.Request.ContentLength > MaxBytes
            || (context.Request.ContentLength is null && await IsTooLargeAsync(context)))
        {
            throw new BadHttpRequestException("Request body too large.", StatusCodes.Status413PayloadTooLarge);
        }

        await next(context);
    });

    /// <summary>Reads the whole body, and leaves the same body to the endpoint.</summary>
    public static async Task<byte[]> ReadBodyAsync(this HttpContext context)
    {
        var body = context.Request.BodyReader;
        while (true)
        {
            var read = await ReadAsync(body, context.RequestAborted);
            if (read.IsCompleted)
            {
                byte[] bytes = read.Buffer.ToArray();
                body.AdvanceTo(read.Buffer.End);
                context.Request.Body = new MemoryStream(bytes);
                return bytes;
            }

            body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    // The body is examined and not consumed, so that the endpoint reads it from its beginning.
    private static async Task<bool> IsTooLargeAsync(HttpContext context)
    {
        var body = context.Request.BodyReader;
        while (true)
        {
            var read = await ReadAsync(body, context.RequestAborted);
            bool isTooLarge = read.Buffer.Length > MaxBytes;
            if (isTooLarge || read.IsCompleted)
            {
                body.AdvanceTo(read.Buffer.Start);
                return isTooLarge;
            }

            body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    // Kestrel reports some malformed chunks and trailers by exceptions without a status.
    private static async Task<ReadResult> ReadAsync(PipeReader body, CancellationToken cancellationToken)
    {
        try
        {
            return await body.ReadAsync(cancellationToken);
        }
        catch (Exception e) when (e is InvalidOperationException
            or (IOException and not BadHttpRequestException { StatusCode: not StatusCodes.Status400BadRequest }))
        {
            throw new BadHttpRequestException("The body cannot be read.", StatusCodes.Status400BadRequest, e);
        }
    }
}
