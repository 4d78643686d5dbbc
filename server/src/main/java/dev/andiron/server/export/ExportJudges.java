package dev.andiron.server.export;

import dev.andiron.server.export.ExportRequest.Associated;
import dev.andiron.server.export.ExportState.Kind;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.StoredResource;

import java.util.Set;
import java.util.function.Predicate;

/**
 * Says which resources of a type are exported, by what they are exported as. Used by one thread.
 */
final class ExportJudges {
    private final ExportRun run;
    private final ExportContext context;

    ExportJudges(ExportRun run, ExportContext context) {
        this.run = run;
        this.context = context;
    }

    Predicate<StoredResource> of(Kind kind, String type) {
        return switch (kind) {
            case REFERRED -> referred(type);
            case PROVENANCE -> provenance(type);
            case RESOURCES -> context.judge(type)::accepts;
            case BLOCKS, TABLE, DELETED, NOTES ->
                    throw new IllegalArgumentException(kind + " is not about one type");
        };
    }

    /** Provenance of what is exported; within compartments also its own members. */
    private Predicate<StoredResource> provenance(String type) {
        boolean isAssociated = context.request().provenance() != Associated.NONE;
        var ofOthers =
                new ProvenanceJudge(
                        run, context, isAssociated ? context::judge : context::judgeScope);
        if (isAssociated) {
            return ofOthers;
        }
        TypeJudge own = context.judge(type);
        TypeJudge anywhere = context.judgeAnywhere(type);
        return each -> own.accepts(each) || anywhere.accepts(each) && ofOthers.test(each);
    }

    /** What others refer to. */
    private Predicate<StoredResource> referred(String type) {
        Set<ResourceKey> keys = context.referred().all(run, context);
        TypeJudge judge = context.judgeAnywhere(type);
        return each -> keys.contains(each.key()) && judge.accepts(each);
    }
}
